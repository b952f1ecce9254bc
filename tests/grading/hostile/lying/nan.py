"""Returns NaN where the right numbers are finite.

expect: wrong 0
hint: NaN or infinity
"""


def additive_score(query, keys, v):
    return torch.full(keys.shape[:2], torch.nan, dtype=keys.dtype)
