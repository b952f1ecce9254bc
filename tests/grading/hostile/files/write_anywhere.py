"""Writes into every folder that might be open to it, outside its own.

expect: raised 0
hint: nothing written
"""
import os


def additive_score(query, keys, v):
    written = []
    for folder in ("@OPEN@", "@SUBMISSIONS@", "@RESULTS@", "/", "/etc", "/root", "/home", "/run"):
        try:
            with open(f"{folder}/hostile-@TOKEN@", "w") as file:
                file.write("was here")
            os.remove(f"{folder}/hostile-@TOKEN@")
            written.append(folder)
        except OSError:
            pass
    raise RuntimeError(f"wrote {written}" if written else "nothing written")
