"""Answers with a function that has some of its arguments already.

expect: passed 15
"""
import functools


def scored(through, query, keys, v):
    return through(query[:, None] + keys) @ v


additive_score = functools.partial(scored, torch.tanh)
