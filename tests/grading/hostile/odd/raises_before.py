"""Raises before the function is defined.

expect: raised 0
hint: ZeroDivisionError
"""
1 / 0


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
