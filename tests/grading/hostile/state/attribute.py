"""Keeps its state in an attribute of itself, and adds to what it returned before.

expect: wrong 0
"""


def additive_score(query, keys, v):
    additive_score.sum = getattr(additive_score, "sum", 0.0) + 1.0
    return torch.tanh(query[:, None] + keys) @ v + additive_score.sum
