"""Returns a sparse tensor that is empty, and a petabyte when it is not.

expect: killed for memory|raised 0
"""


def additive_score(query, keys, v):
    indices = torch.zeros(2, 0, dtype=torch.int64)
    return torch.sparse_coo_tensor(indices, torch.zeros(0), (10**7, 10**7))
