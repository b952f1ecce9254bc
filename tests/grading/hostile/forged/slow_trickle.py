"""Sends a frame that never ends, a byte at a time.

expect: timed out 0
hint: (?!.*no channel)
"""
import struct
import sys
import time


@CALLER@


def additive_score(query, keys, v):
    raw = caller("channel")._socket
    raw.sendall(struct.pack("!4sIQ", b"ATC1", 2**20, 0))
    while True:
        raw.sendall(b" ")
        time.sleep(0.05)
