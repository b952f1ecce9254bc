"""Answers rightly, and loops when the process ends.

expect: passed 15
"""
import atexit
import time


@atexit.register
def stay():
    while True:
        time.sleep(1)


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
