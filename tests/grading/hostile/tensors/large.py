"""Returns a tensor of 400 MB.

expect: raised|killed for memory 0
seconds: 4
"""


def additive_score(query, keys, v):
    return torch.zeros(10**8)
