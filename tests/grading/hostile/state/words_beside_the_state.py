"""Decodes the whole prefix for each word, from a buffer beside the state that is asked for.

question: step
expect: wrong 0
hint: does not go on from the s_i and the U_a h_j
"""


def step(model, annotations, mask, token, state=None):
    if state is None:
        s, keys = torch.tanh(annotations[:, 0] @ model["W_s"].T), annotations @ model["U_a"].T
        state = s, keys, s, token.new_zeros(len(token), 1000), 0
    _, keys, first, words, count = state
    words = words.clone()
    words[:, count] = token
    s = first
    for word in words[:, : count + 1].unbind(1):
        scores = torch.tanh((s @ model["W_a"].T)[:, None] + keys) @ model["v_a"]
        c = (masks.masked_softmax(scores, mask)[:, None] @ annotations)[:, 0]
        y = model["E"][word]
        logits = s @ model["U_o"].T + y @ model["V_o"].T + c @ model["C_o"].T
        s = torch.tanh(y @ model["W"].T + s @ model["U"].T + c @ model["C"].T)
    return logits, (s, keys, first, words, count + 1)
