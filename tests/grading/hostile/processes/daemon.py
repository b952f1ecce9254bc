"""Leaves a process in a session of its own, which later writes into the results.

expect: raised|wrong|died 0
"""
import os
import time


def additive_score(query, keys, v):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1)
            for folder in ("@RESULTS@", "@OPEN@", "/tmp", "/dev/shm"):
                try:
                    with open(f"{folder}/hostile-@TOKEN@", "w") as file:
                        file.write("anna,100,100\n")
                except OSError:
                    pass
            time.sleep(30)
        os._exit(0)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
