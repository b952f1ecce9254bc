"""Raises an exception that exits when it is asked for its message.

expect: died|raised 0
"""


class Leaving(BaseException):
    def __str__(self):
        raise SystemExit(0)


def additive_score(query, keys, v):
    raise Leaving
