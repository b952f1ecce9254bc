"""Opens the memory of every other process.

expect: raised 0
hint: nothing found
"""
import os


def additive_score(query, keys, v):
    found = []
    for pid in {*filter(str.isdigit, os.listdir("/proc")), str(os.getppid()), "@MARKER@", "@WARM@"}:
        if pid == str(os.getpid()):
            continue
        for name in ("mem", "environ", "maps"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    if name == "mem" or file.read(1):
                        found.append(f"{name} of {pid}")
            except OSError:
                pass
    raise RuntimeError(f"found {found}" if found else "nothing found")
