"""Takes memory in steps and goes on whenever that fails.

expect: wrong|killed for memory|died 0
seconds: 4
"""

held = []


def additive_score(query, keys, v):
    for _ in range(300):
        try:
            held.append(bytearray(10 * 2**20))
        except MemoryError:
            pass
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
