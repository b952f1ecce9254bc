"""Sends SIGKILL to its parent, which must not be the one that marks.

expect: died|wrong|raised 0
"""
import os
import signal


def additive_score(query, keys, v):
    if "@OTHER PIDS@" == "yes" or os.getppid() not in (1, int("@MARKER@"), int("@WARM@")):
        os.kill(os.getppid(), signal.SIGKILL)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
