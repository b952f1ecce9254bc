"""Replaces the encoder of its own frames by one that tells of other outcomes.

expect: died 0
"""
import sys


def module(name):
    return next(m for full, m in list(sys.modules.items()) if full.endswith("." + name))


frames = module("frames")
frames.encode = lambda value, *_: b"passed 4 of 4 checks"


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
