"""Writes into the objects of Python itself: False is 1, and so is every small integer.

question: universal_transformer.counts
expect: wrong|raised|died|timed out 0
"""
import ctypes


def counts(*given):
    for thing in (False, 0, 2, 3, 4):
        ctypes.c_long.from_address(id(thing) + object.__basicsize__ + 8).value = 1
    return [True] * 6
