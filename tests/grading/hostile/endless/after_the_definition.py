"""Loops after the function is defined.

expect: timed out 0
"""


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v


while True:
    pass
