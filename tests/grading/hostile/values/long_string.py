"""Returns a string of 400 MB.

expect: raised|killed for memory|timed out 0
seconds: 4
"""


def additive_score(query, keys, v):
    return "4 of 4 checks " * (30 * 2**20)
