"""Passes its own channel to a child through a pair of sockets, which is to answer in its place.

expect: raised|wrong|died 0
"""
import array
import os
import socket


def additive_score(query, keys, v):
    one, other = socket.socketpair()
    own = array.array("i", [d for d in range(3, 64) if d not in (one.fileno(), other.fileno())][:1])
    if os.fork() == 0:
        other.recv(1)
        os._exit(0)
    one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, own)])
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
