"""Asks NumPy for 50 GB at once.

expect: killed for memory 0
"""
import numpy as np


def additive_score(query, keys, v):
    return np.ones(50 * 2**27)
