"""Has its process end a while after it has answered rightly.

question: transformer.embed
expect: passed 10
"""
import faulthandler
import signal

faulthandler.dump_traceback_later(3600, exit=True, file=open("/dev/null", "w"))
signal.setitimer(signal.ITIMER_VIRTUAL, 3600)


def embed(ids, E, P, start):
    return E[ids] * E.shape[1] ** 0.5 + P[start : start + ids.shape[1]]
