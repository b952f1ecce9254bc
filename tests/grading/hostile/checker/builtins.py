"""Replaces builtins that a checker may lean on.

expect: wrong|raised|died|timed out 0
"""
import builtins

builtins.print = lambda *_, **__: None
builtins.isinstance = lambda thing, kind: True
builtins.issubclass = lambda kind, other: False
builtins.len = lambda thing: 1
builtins.all = builtins.any = lambda things: True
builtins.abs = builtins.sum = lambda *_: 0


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
