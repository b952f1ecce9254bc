"""Asks for something to be typed.

expect: raised 0
hint: EOFError
"""


def additive_score(query, keys, v):
    return input("which scores? ")
