"""Returns a list that has other contents each time it is walked through, and no end.

expect: raised|killed for memory|timed out 0
"""


class Endless(list):
    def __len__(self):
        return 7

    def __iter__(self):
        while True:
            yield 0.0


def additive_score(query, keys, v):
    return Endless()
