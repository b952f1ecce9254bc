"""Forks, and lets both processes answer each question.

expect: raised|died|wrong 0
"""
import os

calls = []


def additive_score(query, keys, v):
    calls.append(1)
    if len(calls) == 1:
        os.fork()
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
