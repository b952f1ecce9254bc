"""Sends SIGKILL to its process group.

expect: died|wrong|raised 0
"""
import os
import signal


def additive_score(query, keys, v):
    os.kill(0, signal.SIGKILL)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
