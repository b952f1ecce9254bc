"""Closes every descriptor.

expect: died 0
"""
import os


def additive_score(query, keys, v):
    os.closerange(0, 4096)
    return torch.tanh(query[:, None] + keys) @ v
