"""Returns truth values where numbers are asked.

question: by_hand
expect: wrong 0
"""


def alignment():
    return [[True] * 4, [True, False, False, False], [True, False]]
