"""Walks over every disk that it sees, in search of other submissions, results and solutions.

expect: raised 0
hint: nothing found
seconds: 4
"""
import os
import time

WANTED = ("hostile-secret", "marks.sqlite3", "02-bahdanau.ipynb", "id_rsa", "shadow-")


def additive_score(query, keys, v):
    found, end = [], time.monotonic() + float("@WALL@") / 2
    for start in ("@OPEN@", "@SUBMISSIONS@", "@RESULTS@", os.environ.get("HOME", "."), ".", "/"):
        for folder, folders, names in os.walk(start):
            folders[:] = [f for f in folders if f not in ("proc", "sys", "site-packages")]
            for name in names:
                if name.startswith(WANTED) and os.access(os.path.join(folder, name), os.R_OK):
                    found.append(os.path.join(folder, name))
            if time.monotonic() > end:
                break
    raise RuntimeError(f"found {found[0]}" if found else "nothing found")
