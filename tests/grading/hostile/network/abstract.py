"""Connects to a unix socket that lies in no folder.

expect: raised 0
hint: nothing reached
"""
import socket


def additive_score(query, keys, v):
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.settimeout(0.5)
            end.connect("\0hostile-@TOKEN@")
            end.sendall(b"hostile")
    except OSError:
        raise RuntimeError("nothing reached") from None
    raise RuntimeError("reached the abstract socket")
