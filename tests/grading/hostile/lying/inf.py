"""Returns infinity where the right numbers are finite, in one place only.

expect: wrong 0
"""


def additive_score(query, keys, v):
    scores = torch.tanh(query[:, None] + keys) @ v
    scores[0, 0] = torch.inf
    return scores
