"""Leaves with exit status 0 when the cell runs.

expect: died 0
"""
import os

os._exit(0)


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
