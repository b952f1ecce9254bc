"""Writes 1 GB to the descriptors of output and errors.

expect: wrong|timed out|raised 0
"""
import os


def additive_score(query, keys, v):
    block = b"x" * 2**20
    for _ in range(500):
        os.write(1, block)
        os.write(2, block)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
