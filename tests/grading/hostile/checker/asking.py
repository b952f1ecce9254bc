"""Replaces what asks and copies in its own process by something that returns zeros.

expect: wrong|raised|died 0
"""
import sys


def module(name):
    return next(m for full, m in list(sys.modules.items()) if full.endswith("." + name))


asking = module("asking")
values = module("values")
asking.plain = values.plain = lambda thing: torch.zeros(3, 7)
asking.identical = values.identical = lambda one, other: True


def additive_score(query, keys, v):
    return "anything"
