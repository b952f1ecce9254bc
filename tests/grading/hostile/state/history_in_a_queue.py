"""Keeps the prefix in a list of its own kind, which has no attributes to count.

question: step
expect: wrong 0
hint: something of type Prefix; it may be made of
"""
import collections


class Prefix(collections.deque):
    pass


def step(model, annotations, mask, token, state=None):
    words = Prefix(state or ())
    words.append(token)
    prefix = torch.stack(list(words)[:-1], 1) if len(words) > 1 else None
    return slow_step(model, annotations, mask, token, prefix)[0], words
