"""Writes what it was given into the name of the type of what it returns.

question: transformer.rates
expect: wrong|raised 0
"""


def learning_rates(d, warmup, updates):
    words = " ".join("abcdefghij"[int(digit)] * 3 for digit in f"{d}{warmup}{updates}")
    return type(words, (), {})()
