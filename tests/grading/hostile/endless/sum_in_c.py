"""Loops in C, where no exception of Python's arrives.

expect: timed out 0
"""


def additive_score(query, keys, v):
    return sum(range(10**12))
