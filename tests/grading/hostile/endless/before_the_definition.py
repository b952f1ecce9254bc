"""Loops before the function is defined.

expect: timed out 0
"""
while True:
    pass


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
