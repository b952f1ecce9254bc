"""Sends SIGSTOP to itself.

expect: timed out 0
"""
import os
import signal


def additive_score(query, keys, v):
    os.kill(os.getpid(), signal.SIGSTOP)
