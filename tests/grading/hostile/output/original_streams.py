"""Prints to the streams that the interpreter began with, and to the terminal.

expect: wrong|raised 0
"""
import sys


def additive_score(query, keys, v):
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.write("scores: 4 of 4 checks\n" * 10_000)
            stream.flush()
    try:
        with open("/dev/tty", "w") as terminal:
            terminal.write("scores: 4 of 4 checks\n")
    except OSError:
        pass
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
