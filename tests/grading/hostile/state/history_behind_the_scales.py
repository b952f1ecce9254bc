"""Decodes the whole prefix for each word, and replaces what weighs its state.

question: step
expect: wrong|raised 0
"""
import sys


def module(name):
    return next(m for full, m in list(sys.modules.items()) if full.endswith("." + name))


stepping, handing = module("stepping"), module("handing")
stepping.packed = handing.packed = lambda state: 1
handing.numbers = lambda value: 1


def step(model, annotations, mask, token, state=None):
    return slow_step(model, annotations, mask, token, state)
