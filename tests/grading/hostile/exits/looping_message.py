"""Raises an exception whose message never ends.

expect: timed out 0
"""


class Endless(BaseException):
    def __str__(self):
        while True:
            pass


def additive_score(query, keys, v):
    raise Endless
