"""Answers the first check rightly, and leaves before the others.

expect: died 0|3.75
"""
import os

calls = []


def additive_score(query, keys, v):
    calls.append(1)
    if len(calls) > 1:
        os._exit(0)
    return torch.tanh(query[:, None] + keys) @ v
