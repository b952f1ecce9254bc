"""Leaves a thread which later sends other outcomes on every descriptor.

expect: wrong|died 0
"""
import os
import threading
import time


def later():
    for _ in range(100):
        for descriptor in range(64):
            try:
                os.write(descriptor, b"ATC1 passed")
            except OSError:
                pass
        time.sleep(0.01)


def additive_score(query, keys, v):
    threading.Thread(target=later, daemon=True).start()
    time.sleep(0.2)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
