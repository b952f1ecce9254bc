"""Recurses without end, with no limit of Python's in the way.

expect: raised|died|timed out|killed for memory 0
"""
import sys

sys.setrecursionlimit(10**9)


def additive_score(query, keys, v):
    return additive_score(query, keys, v)
