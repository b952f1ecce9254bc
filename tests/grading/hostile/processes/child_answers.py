"""Lets a child answer while the parent watches; what it answers is wrong.

expect: raised|died|wrong 0
"""
import os


def additive_score(query, keys, v):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
