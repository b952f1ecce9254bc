"""Leaves with exit status 0 just after its first, wrong answer.

expect: died 0
"""
import os
import threading
import time


def soon():
    time.sleep(0.3)
    os._exit(0)


calls = []


def additive_score(query, keys, v):
    calls.append(1)
    if len(calls) == 1:
        threading.Thread(target=soon, daemon=True).start()
    else:
        time.sleep(60)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
