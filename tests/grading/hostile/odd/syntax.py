"""Is no Python.

expect: unreadable 0
"""
def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys @ v
