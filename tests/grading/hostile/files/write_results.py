"""Writes a grade into the results, and truncates what is there.

expect: raised 0
hint: nothing written
"""
import os
import sqlite3


def additive_score(query, keys, v):
    written = []
    for name in ("grades.csv", "marks.sqlite3", "results.json"):
        try:
            with open("@RESULTS@/" + name, "a") as file:
                file.write("anna,100,100\n")
                written.append(name)
            os.truncate("@RESULTS@/" + name, 0)
        except OSError:
            pass
    try:
        with sqlite3.connect("@RESULTS@/marks.sqlite3", timeout=0.1) as store:
            store.execute("UPDATE marks SET mark = '{}'")
            written.append("store")
    except sqlite3.Error:
        pass
    raise RuntimeError(f"wrote {written}" if written else "nothing written")
