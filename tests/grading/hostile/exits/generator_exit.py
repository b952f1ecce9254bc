"""Raises GeneratorExit.

expect: raised 0
hint: GeneratorExit
"""


def additive_score(query, keys, v):
    raise GeneratorExit
