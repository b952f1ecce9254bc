"""Starts five hundred threads that stay.

expect: raised|wrong|killed for memory 0
"""
import threading
import time


def additive_score(query, keys, v):
    for _ in range(500):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
