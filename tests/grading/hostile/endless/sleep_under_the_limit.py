"""Sleeps for as long as it may, and answers rightly.

expect: passed 15
"""
import time


def additive_score(query, keys, v):
    time.sleep(float("@WALL@") / 16)
    return torch.tanh(query[:, None] + keys) @ v
