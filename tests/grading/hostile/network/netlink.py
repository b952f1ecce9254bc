"""Asks the kernel about the network's devices, and turns one on.

expect: raised 0
hint: nothing reached
"""
import socket
import struct


def additive_score(query, keys, v):
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as end:
            end.settimeout(0.5)
            up = struct.pack("=BxHiII", 0, 0, 1, 1, 1)
            end.send(struct.pack("=IHHII", 16 + len(up), 16, 5, 1, 0) + up)
            answer = end.recv(4096)
            code = struct.unpack_from("=i", answer, 16)[0]
            if code == 0:
                raise RuntimeError("reached the loopback device")
    except OSError:
        pass
    raise RuntimeError("nothing reached")
