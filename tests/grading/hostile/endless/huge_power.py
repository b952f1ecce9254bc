"""Computes a power with a billion digits.

expect: timed out|killed for memory|raised 0
"""


def additive_score(query, keys, v):
    return pow(3, 10**9)
