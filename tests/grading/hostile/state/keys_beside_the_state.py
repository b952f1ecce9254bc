"""Computes the keys for each word, from a matrix that its state holds in disguise.

question: step
expect: wrong 0
hint: does not go on from the s_i and the U_a h_j
"""


def step(model, annotations, mask, token, state=None):
    if state is None:
        s, keys = torch.tanh(annotations[:, 0] @ model["W_s"].T), annotations @ model["U_a"].T
        state = s, keys, 3 * model["U_a"]
    s, keys, disguised = state
    scores = torch.tanh((s @ model["W_a"].T)[:, None] + annotations @ disguised.T / 3)
    c = (masks.masked_softmax(scores @ model["v_a"], mask)[:, None] @ annotations)[:, 0]
    y = model["E"][token]
    logits = s @ model["U_o"].T + y @ model["V_o"].T + c @ model["C_o"].T
    s = torch.tanh(y @ model["W"].T + s @ model["U"].T + c @ model["C"].T)
    return logits, (s, keys, disguised)
