"""Returns lists in lists, ten thousand deep.

expect: raised 0
"""


def additive_score(query, keys, v):
    scores = []
    for _ in range(10_000):
        scores = [scores]
    return scores
