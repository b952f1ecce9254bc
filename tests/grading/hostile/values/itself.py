"""Returns a list that contains itself.

expect: raised 0
"""


def additive_score(query, keys, v):
    scores = []
    scores.append(scores)
    return scores
