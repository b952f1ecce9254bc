"""Connects to a unix socket that lies in a folder open to all.

expect: raised 0
hint: nothing reached
"""
import socket


def additive_score(query, keys, v):
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.settimeout(0.5)
            end.connect("@OPEN@/socket")
            end.sendall(b"hostile")
    except OSError:
        raise RuntimeError("nothing reached") from None
    raise RuntimeError("reached the socket")
