"""Sends SIGSTOP to its parent, and then never answers.

expect: timed out|died|raised 0
"""
import os
import signal
import time


def additive_score(query, keys, v):
    if os.getppid() > 1 or "@OTHER PIDS@" == "yes":
        os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(60)
