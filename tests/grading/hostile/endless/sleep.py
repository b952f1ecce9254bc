"""Sleeps for ever.

expect: timed out 0
"""
import time


def additive_score(query, keys, v):
    time.sleep(10**6)
