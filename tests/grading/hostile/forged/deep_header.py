"""Sends a header of brackets in brackets.

expect: died 0
hint: (?!.*no channel)
"""
import struct
import sys


@CALLER@


def additive_score(query, keys, v):
    raw = caller("channel")._socket
    header = b"[" * 2**20
    raw.sendall(struct.pack("!4sIQ", b"ATC1", len(header), 0) + header)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
