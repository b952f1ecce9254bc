"""Raises an exception with a message of 300 MB.

expect: raised|timed out|killed for memory 0
seconds: 4
"""


class Huge(BaseException):
    def __str__(self):
        return "all checks passed " * 2**24


def additive_score(query, keys, v):
    raise Huge
