"""Answers rightly every other time.

expect: wrong 7.5
"""
import itertools

right = itertools.cycle([True, False])


def additive_score(query, keys, v):
    scores = torch.tanh(query[:, None] + keys) @ v
    return scores if next(right) else -scores
