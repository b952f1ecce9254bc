"""Answers with a function that is compiled, cached and counted by decorators.

expect: passed 15
"""
import contextlib
import functools


def counted(function):
    @functools.wraps(function)
    def inner(*inputs):
        inner.calls = getattr(inner, "calls", 0) + 1
        return function(*inputs)

    return inner


@counted
@torch.no_grad()
def additive_score(query, keys, v):
    with contextlib.nullcontext():
        return torch.tanh(query[:, None] + keys) @ v
