"""Returns NaN and infinities, which are close to nothing and to everything.

question: by_hand
expect: wrong 0
"""
import math


def alignment():
    return [[math.nan] * 4, [math.inf] * 4, [-math.inf] * 2]
