"""Blocks every signal that can be blocked, ignores the rest, and loops.

expect: timed out 0
"""
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)


def additive_score(query, keys, v):
    while True:
        pass
