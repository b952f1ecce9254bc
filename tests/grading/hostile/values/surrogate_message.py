"""Raises an exception whose message and type no encoding takes.

expect: raised 0
"""


def additive_score(query, keys, v):
    raise type("\u202eError", (Exception,), {})("\ud800\x1b[2J<b>=1+1</b>\x07")
