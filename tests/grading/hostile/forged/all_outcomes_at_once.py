"""Sends outcomes for runs that nobody asked for yet.

expect: died 0
hint: (?!.*no channel)
"""
import sys


@CALLER@


def additive_score(query, keys, v):
    number, channel = caller("message")["run"], caller("channel")
    for _ in range(10):
        channel.send({"run": number, "returned": torch.zeros(3, 7), "changed": []})
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
