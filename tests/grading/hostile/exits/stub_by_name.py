"""Raises an exception that only has the name of the stub's.

expect: not answered|raised 0
"""


class NotImplementedError(Exception):
    pass


def additive_score(query, keys, v):
    raise NotImplementedError("write your answer here")
