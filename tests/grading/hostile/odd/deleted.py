"""Defines the function, and deletes it again.

expect: raised 0
hint: NameError
"""


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v


del additive_score
