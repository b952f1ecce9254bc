"""Sends outcomes for runs that nobody asked for yet.

expect: died 0
hint: (?!.*no channel)
"""
import sys


def caller(name):
    frame = sys._getframe()
    while frame is not None:
        if name in frame.f_locals:
            return frame.f_locals[name]
        frame = frame.f_back
    raise LookupError(f"no {name}")


def additive_score(query, keys, v):
    number, channel = caller("message")["run"], caller("channel")
    for _ in range(10):
        channel.send({"run": number, "returned": torch.zeros(3, 7), "changed": []})
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
