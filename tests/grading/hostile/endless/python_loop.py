"""Loops for ever in Python.

expect: timed out 0
"""


def additive_score(query, keys, v):
    while True:
        pass
