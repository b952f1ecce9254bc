"""Holds a byte that Python's source must not hold.

expect: unreadable|raised 0
"""
def additive_score(query, keys, v):
    return "@NULL@"
