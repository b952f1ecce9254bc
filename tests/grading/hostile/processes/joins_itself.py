"""Starts threads that start threads, and leaves those that cannot be joined behind it.

question: self_attention.sizes
expect: wrong|raised|died|timed out 0
"""
import threading
import time


def breed():
    for _ in range(2):
        try:
            threading.Thread(target=breed).start()
        except RuntimeError:
            time.sleep(600)


def cost_of_heads(*given):
    breed()
    return None
