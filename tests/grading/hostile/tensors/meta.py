"""Returns a tensor that has a shape and no numbers.

expect: raised|wrong 0
"""


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], device="meta")
