"""Returns what cannot be sent anywhere: a lock, a frame, a module, a file.

expect: wrong 0
"""
import sys
import threading


def additive_score(query, keys, v):
    return [threading.Lock(), sys._getframe(), sys, open("/dev/null"), lambda: None, type]
