"""Sleeps a little at each check, and together longer than it may.

expect: timed out 3.75|7.5|11.25|0
"""
import time


def additive_score(query, keys, v):
    time.sleep(float("@WALL@") / 3.5)
    return torch.tanh(query[:, None] + keys) @ v
