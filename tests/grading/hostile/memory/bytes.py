"""Asks Python for 50 GB at once.

expect: killed for memory 0
"""


def additive_score(query, keys, v):
    return bytes(50 * 2**30)
