"""Loops for ever and catches whatever would end it.

expect: timed out 0
"""


def additive_score(query, keys, v):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
