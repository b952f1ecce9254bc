"""Replaces functions of os by ones that do nothing or lie.

expect: wrong|raised|died 0
"""
import os

for name in ("fork", "_exit", "kill", "write", "read", "close", "waitpid", "getpid"):
    setattr(os, name, lambda *_, **__: 0)


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
