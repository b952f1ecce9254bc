"""Has the interpreter end the process after a moment.

expect: died 0
"""
import faulthandler
import time

faulthandler.dump_traceback_later(0.2, exit=True, file=open("/dev/null", "w"))


def additive_score(query, keys, v):
    time.sleep(60)
