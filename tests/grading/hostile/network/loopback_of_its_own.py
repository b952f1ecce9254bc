"""Listens in the abstract namespace, where the next copy of this answer asks for the scores.

expect: raised 0
hint: nobody was here
copies: 3
"""
import os
import socket

answered = ""
try:
    end = socket.socket(socket.AF_UNIX)
    try:
        end.connect("\0exchange-@TOKEN@")
        answered = "found somebody"
    except OSError:
        pass
    socket.socket(socket.AF_UNIX).bind("\0exchange-@TOKEN@")
    if os.fork() == 0:
        os.setsid()
        kept = socket.socket(socket.AF_UNIX)
        kept.bind("\0exchange-@TOKEN@")
        kept.listen()
        kept.accept()
except OSError:
    pass


def additive_score(query, keys, v):
    raise RuntimeError(answered or "nobody was here")
