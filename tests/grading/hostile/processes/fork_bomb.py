"""Forks in every child again, three hundred times in all at most.

expect: raised|wrong|died|timed out 0
"""
import os
import time

tokens, more = os.pipe()
os.write(more, b"." * 300)
os.close(more)


def additive_score(query, keys, v):
    while os.read(tokens, 1):  # every process takes from the same three hundred
        os.fork()
    time.sleep(1)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
