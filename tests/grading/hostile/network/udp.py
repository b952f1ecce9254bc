"""Sends packets that need no connection.

expect: raised 0
hint: nothing reached
"""
import socket


def additive_score(query, keys, v):
    reached = []
    for host in ("127.0.0.1", "255.255.255.255", "192.0.2.1"):
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                end.sendto(b"hostile", (host, int("@PORT@")))
                reached.append(host)
        except OSError:
            pass
    raise RuntimeError(f"reached {reached}" if reached else "nothing reached")
