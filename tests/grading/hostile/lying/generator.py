"""Returns a generator without an end.

expect: wrong 0
"""
import itertools


def additive_score(query, keys, v):
    return itertools.repeat(0.0)
