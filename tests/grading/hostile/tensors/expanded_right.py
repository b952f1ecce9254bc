"""Returns the right scores, each seen a billion times.

expect: killed for memory 0
"""


def additive_score(query, keys, v):
    scores = torch.tanh(query[:, None] + keys) @ v
    return scores[..., None].expand(*scores.shape, 10**9)
