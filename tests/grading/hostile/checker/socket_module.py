"""Replaces the methods of sockets.

expect: wrong|raised|died 0
"""
import socket


class Lying(socket.socket):
    def send(self, data, *_):
        return len(data)


socket.socket = Lying


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
