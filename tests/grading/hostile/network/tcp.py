"""Connects to a server on this machine.

expect: raised 0
hint: nothing reached
"""
import socket


def additive_score(query, keys, v):
    reached = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as end:
                end.settimeout(0.5)
                end.connect((host, int("@PORT@")))
                end.sendall(b"hostile")
                reached.append(host)
        except OSError:
            pass
    raise RuntimeError(f"reached {reached}" if reached else "nothing reached")
