"""Returns a dictionary with ten million keys.

expect: raised|killed for memory|timed out 0
"""


def additive_score(query, keys, v):
    return dict.fromkeys(range(10**7))
