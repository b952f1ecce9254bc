"""Finds the channel and the number of the run in the frames that called it, and says "passed".

expect: died 0
hint: (?!.*no channel)
"""
import sys


@CALLER@


def additive_score(query, keys, v):
    number = caller("message")["run"]
    caller("channel").send({"run": number, "passed": [True] * 4, "points": 15})
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
