"""Leaves a file wherever it can, which the next copy of this answer looks for.

expect: raised 0
hint: nobody was here
copies: 3
"""
import os

found = []
for folder in (".", os.environ.get("HOME", "."), os.environ.get("TMPDIR", "."), "/tmp", "/dev/shm"):
    if os.path.exists(f"{folder}/kept-@TOKEN@-{os.getppid()}"):
        found.append(folder)
for folder in (".", os.environ.get("HOME", "."), os.environ.get("TMPDIR", "."), "/tmp", "/dev/shm"):
    try:
        with open(f"{folder}/kept-@TOKEN@-{os.getppid()}", "w") as file:
            file.write("was here")
    except OSError:
        pass


def additive_score(query, keys, v):
    raise RuntimeError(f"found {found}" if found else "nobody was here")
