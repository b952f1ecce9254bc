"""Returns lists that share their parts: small in memory, without end when written out.

expect: raised|killed for memory|timed out 0
"""


def additive_score(query, keys, v):
    scores = [0.0]
    for _ in range(40):
        scores = [scores, scores]
    return scores
