"""Takes the memory that it may have once for each of a few children.

expect: raised|died|killed for memory|timed out|wrong 0
"""
import os
import time


def additive_score(query, keys, v):
    for _ in range(3):
        if os.fork() == 0:
            held = [bytearray(b"x" * (100 * 2**20)) for _ in range(6)]
            time.sleep(2)
            os._exit(len(held) // 100)
    time.sleep(1)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
