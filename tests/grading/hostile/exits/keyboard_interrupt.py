"""Raises KeyboardInterrupt.

expect: raised 0
hint: KeyboardInterrupt
"""


def additive_score(query, keys, v):
    raise KeyboardInterrupt
