"""Announces a frame of an exabyte.

expect: died 0
hint: (?!.*no channel)
"""
import struct
import sys


@CALLER@


def additive_score(query, keys, v):
    raw = caller("channel")._socket
    raw.sendall(struct.pack("!4sIQ", b"ATC1", 2**32 - 1, 2**60))
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
