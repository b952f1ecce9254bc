"""Writes into another submission, and deletes it.

expect: raised 0
hint: nothing written
"""
import os


def additive_score(query, keys, v):
    written = []
    for way in ("a", "r+", "w"):
        try:
            with open("@VICTIM@", way) as file:
                file.write("\nraise SystemExit\n")
                written.append(way)
        except OSError:
            pass
    for change in (os.remove, os.rmdir):
        try:
            change("@VICTIM@")
            written.append("removed")
        except OSError:
            pass
    raise RuntimeError(f"wrote {written}" if written else "nothing written")
