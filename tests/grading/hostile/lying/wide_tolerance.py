"""Returns numbers that are nearly right, more than the tolerance off.

expect: wrong 0
"""


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v + 2e-3
