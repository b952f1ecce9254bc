"""Looks at what its own open descriptors are, besides the one it answers over.

expect: raised 0
hint: nothing found
"""
import os
import stat


def additive_score(query, keys, v):
    found = []
    for descriptor in range(1024):
        try:
            mode = os.fstat(descriptor).st_mode
        except OSError:
            continue
        found.append(stat.S_IFMT(mode))
    null = [kind for kind in found if kind == stat.S_IFCHR]
    channel = [kind for kind in found if kind == stat.S_IFSOCK]
    extra = len(found) - len(null) - len(channel)
    fine = extra == 0 and len(null) <= 3 and len(channel) <= 1
    raise RuntimeError("nothing found" if fine else f"found {found}")
