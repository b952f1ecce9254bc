"""Answers every check rightly, and otherwise when the first is asked again.

expect: wrong 11.25
hint: asked the same again
"""
calls = []


def additive_score(query, keys, v):
    calls.append(1)
    scores = torch.tanh(query[:, None] + keys) @ v
    return scores + (len(calls) > 4)
