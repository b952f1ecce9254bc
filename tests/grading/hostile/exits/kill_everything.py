"""Sends SIGKILL to everything that it may.

It does so where it has a namespace of process ids to itself, and nowhere else.

expect: died|wrong|raised 0
"""
import os
import signal


def additive_score(query, keys, v):
    if "@OTHER PIDS@" == "yes":
        os.kill(-1, signal.SIGKILL)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
