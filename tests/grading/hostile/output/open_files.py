"""Opens as many files as it may.

expect: raised|wrong|died 0
"""


def additive_score(query, keys, v):
    files = [open("/dev/null") for _ in range(100_000)]
    return len(files)
