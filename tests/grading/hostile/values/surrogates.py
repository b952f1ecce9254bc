"""Returns and raises text that no encoding takes.

expect: wrong|raised 0
"""


def additive_score(query, keys, v):
    return ["\ud800" * 10, {"\udfff": "\x00"}]
