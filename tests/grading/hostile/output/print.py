"""Prints 1 GB.

expect: wrong|timed out 0
"""


def additive_score(query, keys, v):
    for _ in range(1000):
        print("x" * 2**20)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
