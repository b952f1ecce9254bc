"""Loops inside torch.

expect: timed out 0
"""


def additive_score(query, keys, v):
    matrix = torch.randn(1500, 1500)
    for _ in range(10**9):
        matrix = torch.linalg.svd(matrix)[0]
