"""Returns the scores in half precision.

expect: wrong 0
"""


def additive_score(query, keys, v):
    return (torch.tanh(query[:, None] + keys) @ v).half()
