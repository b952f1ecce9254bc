"""Answers rightly, and leaves a thread that sleeps and is no daemon.

expect: passed 15
"""
import threading
import time

threading.Thread(target=time.sleep, args=(60,)).start()


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
