"""Writes what it was given into the name of the exception that it raises.

question: transformer.rates
expect: raised 0
"""


def learning_rates(d, warmup, updates):
    words = " ".join("abcdefghij"[int(digit)] * 3 for digit in f"{d}{warmup}{updates}")
    raise type(f"{words} Error", (Exception,), {})(words)
