"""Starts processes through the C library, behind Python's back.

expect: raised 0
hint: nothing started
"""
import ctypes
import os


def additive_score(query, keys, v):
    libc = ctypes.CDLL(None, use_errno=True)
    child = libc.fork()
    if child == 0:
        os._exit(0)
    raise RuntimeError("started a process" if child > 0 else "nothing started")
