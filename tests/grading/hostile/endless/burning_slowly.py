"""Uses the processor in short bursts in ever new children.

expect: timed out|raised|wrong 0
"""
import os
import time


def additive_score(query, keys, v):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        child = os.fork()
        if child == 0:
            begin = time.process_time()
            while time.process_time() < begin + 0.2:
                pass
            os._exit(0)
        os.waitpid(child, 0)
