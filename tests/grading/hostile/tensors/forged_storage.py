"""Returns a tensor that is a view of memory that does not belong to it.

expect: wrong|died|raised 0
"""


def additive_score(query, keys, v):
    return torch.zeros(1).as_strided((1,), (1,), 0).set_()
