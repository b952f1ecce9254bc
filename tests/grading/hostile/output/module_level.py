"""Prints 100 MB while the cell runs.

expect: passed 15
"""
for _ in range(100):
    print("x" * 2**20)


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
