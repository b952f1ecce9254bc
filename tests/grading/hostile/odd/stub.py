"""Leaves the question unanswered.

expect: not answered 0
"""


def additive_score(query, keys, v):
    raise NotImplementedError("write your answer here")
