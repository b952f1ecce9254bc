"""Starts programs: a shell, a Python, and what is found under PATH.

expect: raised 0
hint: nothing started
"""
import os
import subprocess
import sys


def additive_score(query, keys, v):
    started = []
    for command in (["/bin/sh", "-c", "true"], [sys.executable, "-c", ""], ["ls"], ["mount"]):
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=1)
            started.append(command[0])
        except (OSError, subprocess.SubprocessError):
            pass
    os.system("exit 0") or started.append("system")
    raise RuntimeError(f"started {started}" if started else "nothing started")
