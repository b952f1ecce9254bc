"""Raises SystemExit.

expect: raised 0
hint: SystemExit
"""


def additive_score(query, keys, v):
    raise SystemExit("4 of 4 checks")
