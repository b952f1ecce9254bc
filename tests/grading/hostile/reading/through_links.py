"""Reaches for a submission by way of /proc and of links that it makes.

expect: raised 0
hint: nothing found
"""
import glob
import os


def additive_score(query, keys, v):
    found = []
    try:
        os.symlink("/", "everything")
        os.symlink("@VICTIM@", "victim")
    except OSError:
        pass
    roots = [*glob.glob("/proc/[0-9]*/root"), *glob.glob("/proc/[0-9]*/cwd"), "everything"]
    for path in ["victim", *(f"{root}@VICTIM@" for root in roots)]:
        try:
            with open(path, "rb") as file:
                found.append((path, len(file.read(100))))
        except OSError:
            pass
    raise RuntimeError(f"found {found}" if found else "nothing found")
