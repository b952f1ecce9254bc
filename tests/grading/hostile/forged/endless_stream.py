"""Sends noise as fast as it can.

expect: died 0
hint: (?!.*no channel)
"""
import sys


@CALLER@


def additive_score(query, keys, v):
    raw = caller("channel")._socket
    while True:
        raw.sendall(b"ATC1" * 2**18)
