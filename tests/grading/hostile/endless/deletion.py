"""Returns something that loops when it is deleted.

expect: timed out|wrong 0
"""


class Clinging:
    def __del__(self):
        while True:
            pass


def additive_score(query, keys, v):
    return Clinging()
