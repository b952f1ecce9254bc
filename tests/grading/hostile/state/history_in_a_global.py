"""Keeps the prefix in a global and gives a number as the state, which does not grow.

question: step
expect: wrong 0
"""
prefixes = []


def step(model, annotations, mask, token, state=None):
    prefix = None if state is None else prefixes[state]
    logits, prefix = slow_step(model, annotations, mask, token, prefix)
    prefixes.append(prefix)
    return logits, len(prefixes) - 1
