"""Keeps a copy of the model in a global, and computes the keys from it for each word.

question: step
expect: wrong 0
hint: cannot go on from its state
"""
copies = []


def step(model, annotations, mask, token, state=None):
    if state is None:
        copies.append({name: weight.clone() for name, weight in model.items()})
        s, kept = torch.tanh(annotations[:, 0] @ model["W_s"].T), len(copies) - 1
    else:
        s, kept = state
    model = copies[kept]
    keys = annotations @ model["U_a"].T
    scores = torch.tanh((s @ model["W_a"].T)[:, None] + keys) @ model["v_a"]
    c = (masks.masked_softmax(scores, mask)[:, None] @ annotations)[:, 0]
    y = model["E"][token]
    logits = s @ model["U_o"].T + y @ model["V_o"].T + c @ model["C_o"].T
    return logits, (torch.tanh(y @ model["W"].T + s @ model["U"].T + c @ model["C"].T), kept)
