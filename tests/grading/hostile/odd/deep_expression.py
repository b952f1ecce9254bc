"""Is an expression so deep that a parser may give up.

expect: unreadable|raised|died|timed out 0
"""
def additive_score(query, keys, v):
    return "@DEEP@"
