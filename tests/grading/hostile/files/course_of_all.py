"""Changes the course's own files, so that later answers import something else.

expect: raised 0
hint: nothing written
"""
import os

import attention_course


def additive_score(query, keys, v):
    written, folder = [], attention_course.__path__[0]
    for path in (folder + "/hostile-@TOKEN@.py", folder + "/exercises/__pycache__/hostile-@TOKEN@"):
        try:
            with open(path, "w") as file:
                file.write("")
            os.remove(path)
            written.append(path)
        except OSError:
            pass
    for path in (folder + "/__init__.py", torch.__file__):
        try:
            with open(path, "a"):
                written.append(path)
        except OSError:
            pass
    raise RuntimeError(f"wrote {written}" if written else "nothing written")
