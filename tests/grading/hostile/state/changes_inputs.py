"""Overwrites its inputs in place, with right scores.

expect: wrong 0
hint: in place
"""


def additive_score(query, keys, v):
    return torch.tanh(keys.add_(query[:, None])) @ v
