"""Looks for names, paths and secrets in its environment and arguments.

expect: raised 0
hint: nothing found
"""
import os
import sys


def additive_score(query, keys, v):
    own = "\n".join([*os.environ.values(), *sys.argv, *sys.orig_argv, os.getcwd()])
    try:
        with open("/proc/self/environ", "rb") as file:
            own += file.read().decode(errors="replace")
    except OSError:
        pass
    wanted = ("@SUBMISSIONS@", "@RESULTS@", "@SECRET@", os.path.expanduser("~root"))
    found = [word for word in wanted if word in own]
    raise RuntimeError(f"found {found}" if found else "nothing found")
