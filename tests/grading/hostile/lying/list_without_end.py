"""Returns a list that has no end when it is gone through.

question: transformer.rates
expect: timed out|killed for memory 0
"""
import itertools


class Rates(list):
    def __iter__(self):
        return itertools.repeat(0.1)


def learning_rates(d, warmup, updates):
    return Rates([0.1] * updates)
