"""Sends SIGKILL to itself.

expect: died 0
"""
import os
import signal


def additive_score(query, keys, v):
    os.kill(os.getpid(), signal.SIGKILL)
