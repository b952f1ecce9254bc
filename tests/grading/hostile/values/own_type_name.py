"""Returns an object of a type with a name of 10 MB.

expect: wrong|raised 0
"""


def additive_score(query, keys, v):
    return type("passed" * 2_000_000, (), {})()
