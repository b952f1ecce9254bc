"""Holds text that no encoding takes, and answers rightly.

expect: passed|unreadable|raised 15|0
"""
text = "@SURROGATE@"


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
