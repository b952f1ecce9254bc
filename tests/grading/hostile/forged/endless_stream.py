"""Sends noise as fast as it can.

expect: died 0
hint: (?!.*no channel)
"""
import sys


def caller(name):
    frame = sys._getframe()
    while frame is not None:
        if name in frame.f_locals:
            return frame.f_locals[name]
        frame = frame.f_back
    raise LookupError(f"no {name}")


def additive_score(query, keys, v):
    raw = caller("channel")._socket
    while True:
        raw.sendall(b"ATC1" * 2**18)
