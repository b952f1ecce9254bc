"""Is 150 kB of source, and answers rightly.

expect: passed 15
"""
padding = "@LARGE@"


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
