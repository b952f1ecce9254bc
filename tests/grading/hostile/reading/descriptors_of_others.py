"""Opens the descriptors of every other process.

expect: raised 0
hint: nothing found
"""
import glob
import os


def additive_score(query, keys, v):
    found, own = [], {f"/proc/{os.getpid()}/", "/proc/self/", "/proc/thread-self/"}
    for path in glob.glob("/proc/[0-9]*/fd/*"):
        if not any(path.startswith(prefix) for prefix in own):
            found.append(path)
    raise RuntimeError(f"found {found}" if found else "nothing found")
