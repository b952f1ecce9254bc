"""Sends SIGSTOP to its parent, and then never answers.

expect: timed out|died|raised 0
"""
import os
import signal
import time


def additive_score(query, keys, v):
    if "@OTHER PIDS@" == "yes" or os.getppid() not in (1, int("@MARKER@"), int("@WARM@")):
        os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(60)
