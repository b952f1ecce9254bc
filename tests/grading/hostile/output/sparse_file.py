"""Makes a file of 10 GB without writing it.

expect: raised|died 0
"""


def additive_score(query, keys, v):
    with open("large", "wb") as file:
        file.truncate(10 * 2**30)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
