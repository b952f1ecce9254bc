"""Answers rightly, and leaves a thread that loops and is no daemon.

expect: passed|timed out 15|0
"""
import threading


def spin():
    while True:
        pass


threading.Thread(target=spin).start()


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
