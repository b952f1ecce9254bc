"""Locks every file that it can read, and holds the locks.

question: transformer.rates
copies: 2
expect: wrong|raised 0
"""
import fcntl
import os
import sys


def learning_rates(d, warmup, updates):
    held = 0
    for module in list(sys.modules.values()):
        try:
            file = os.open(getattr(module, "__file__", None) or "", os.O_RDONLY)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held += 1
        except (OSError, TypeError):
            pass
    return held
