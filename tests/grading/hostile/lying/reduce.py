"""Returns something that would run code where it is unpickled.

expect: wrong 0
"""
import os


class Loaded:
    def __reduce__(self):
        return os.system, ("touch @OPEN@/hostile-@TOKEN@-unpickled",)

    __getstate__ = __deepcopy__ = __copy__ = __reduce__


def additive_score(query, keys, v):
    return {"scores": [Loaded()]}
