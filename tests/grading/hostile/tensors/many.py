"""Returns a million tensors.

expect: raised|killed for memory|timed out|wrong 0
"""


def additive_score(query, keys, v):
    one = torch.zeros(1)
    return [one] * 10**6
