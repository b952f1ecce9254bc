"""Returns a view that reads beyond the numbers it has.

expect: wrong|raised|died 0
"""


def additive_score(query, keys, v):
    scores = torch.zeros(keys.shape[:2], dtype=keys.dtype)
    scores.untyped_storage().resize_(0)
    return scores
