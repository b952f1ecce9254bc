"""Asks for the address of a name that carries what it saw.

expect: raised|died|timed out 0
"""
import socket


def additive_score(query, keys, v):
    name = "".join(f"{int(abs(x) * 100)}" for x in v.tolist()[:4])
    socket.getaddrinfo(f"x{name}.invalid", 80)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
