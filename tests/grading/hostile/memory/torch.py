"""Asks torch for 50 GB at once.

expect: killed for memory 0
"""


def additive_score(query, keys, v):
    return torch.ones(50 * 2**28)
