"""Sends the first half of a frame, and leaves with exit status 0.

expect: died 0
hint: (?!.*no channel)
"""
import os
import struct
import sys


@CALLER@


def additive_score(query, keys, v):
    raw = caller("channel")._socket
    raw.sendall(struct.pack("!4sIQ", b"ATC1", 2**10, 0) + b'{"dict": [["run"')
    os._exit(0)
