"""Answers the first check rightly and the others wrongly.

expect: wrong 0
"""
calls = []


def additive_score(query, keys, v):
    calls.append(1)
    if len(calls) > 1:
        return torch.zeros(keys.shape[:2], dtype=keys.dtype)
    return torch.tanh(query[:, None] + keys) @ v
