"""Answers each run with another value that no function of this course returns.

expect: wrong 0
hint: (?!.*no channel)
"""
import itertools
import sys


def module(name):
    return next(m for full, m in list(sys.modules.items()) if full.endswith("." + name))


Foreign = module("values").Foreign
WEIRD = itertools.cycle([
    {"": [[], {}, {"": None}]},
    Foreign("<script>alert(1)</script>" * 10_000, [[]]),
    torch.zeros(0, 2**20, dtype=torch.complex64),
    [float("nan"), -float("inf"), -(10**300)],
    "\x1b[31m=cmd|' /C calc'!A0\u202e\x00",
])


@CALLER@


def plainly(thing):
    return next(WEIRD)


def additive_score(query, keys, v):
    caller("channel")
    module("asking").plain = plainly
    module("asking").identical = lambda one, other: True
