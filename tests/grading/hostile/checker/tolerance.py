"""Makes every tolerance infinite.

expect: wrong|raised|died 0
"""
import math
import sys


def module(name):
    return next(m for full, m in list(sys.modules.items()) if full.endswith("." + name))


values = module("values")
values.Tolerance.__init__.__defaults__ = (math.inf, math.inf)
values.Tolerance.allows = lambda self, given, expected: torch.ones_like(given).bool()


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
