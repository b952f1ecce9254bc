"""Sends SIGKILL to all small process ids but none at large, and to the process that marks.

expect: died|wrong|raised 0
"""
import os
import signal


def additive_score(query, keys, v):
    if "@OTHER PIDS@" == "yes":
        for pid in (*range(1, 1000), int("@MARKER@")):
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
