"""Changes the interpreter's limits and hooks, and answers rightly.

expect: passed 15
"""
import faulthandler
import gc
import sys
import warnings

sys.setrecursionlimit(100_000)
sys.setswitchinterval(1e-6)
sys.excepthook = sys.unraisablehook = lambda *_: None
faulthandler.dump_traceback_later(0.1, exit=False, file=open("/dev/null", "w"))
gc.disable()
warnings.simplefilter("error")


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
