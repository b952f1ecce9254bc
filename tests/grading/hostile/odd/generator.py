"""Yields where it should return.

expect: wrong 0
"""


def additive_score(query, keys, v):
    yield torch.tanh(query[:, None] + keys) @ v
