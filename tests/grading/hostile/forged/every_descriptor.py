"""Writes a frame that says "passed" to every descriptor that is open.

expect: died|wrong 0
"""
import json
import os
import struct

header = json.dumps({"dict": [["run", 0], ["passed", True], ["returned", 1]]}).encode()
frame = struct.pack("!4sIQ", b"ATC1", len(header), 0) + header
for descriptor in range(256):
    try:
        os.write(descriptor, frame)
    except OSError:
        pass


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
