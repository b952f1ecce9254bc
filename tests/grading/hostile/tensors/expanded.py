"""Returns one number that says it is a hundred billion.

expect: killed for memory 0
"""


def additive_score(query, keys, v):
    return torch.zeros(1).expand(10**11)
