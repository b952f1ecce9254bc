"""Writes a file of 256 MB.

expect: raised|died|killed for memory 0
"""


def additive_score(query, keys, v):
    with open("large", "wb") as file:
        for _ in range(256):
            file.write(b"x" * 2**20)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
