"""Makes two hundred thousand empty files and folders.

expect: raised|wrong|timed out 0
"""
import os


def additive_score(query, keys, v):
    for number in range(200_000):
        os.mkdir(f"{number}")
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
