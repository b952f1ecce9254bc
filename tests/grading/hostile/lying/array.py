"""Returns something that becomes another array each time it is asked.

expect: wrong 0
"""


class Array:
    def __init__(self):
        self.calls = 0

    @property
    def __array_interface__(self):
        self.calls += 1
        raise MemoryError

    def __array__(self, *_, **__):
        self.calls += 1
        return np.zeros(self.calls)

    def __len__(self):
        return 2**62

    def __getitem__(self, index):
        return self


def additive_score(query, keys, v):
    return Array()


import numpy as np
