"""Takes memory in small steps, up to 3 GB.

expect: killed for memory 0
seconds: 4
"""

held = []


def additive_score(query, keys, v):
    for _ in range(300):
        held.append(torch.ones(10 * 2**18))
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
