"""Computes in children, so that none of them uses much time alone.

expect: timed out|raised|wrong 0
"""
import os
import time


def additive_score(query, keys, v):
    end = time.monotonic() + 60
    for _ in range(4):
        if os.fork() == 0:
            break
    while time.monotonic() < end:
        pass
