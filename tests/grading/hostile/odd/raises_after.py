"""Raises after the function is defined, as a cell that tries it out may.

expect: passed 15
"""


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v


additive_score(torch.zeros(2, 3), torch.zeros(2, 4, 5), torch.zeros(3))
