"""Answers with a coroutine.

expect: wrong 0
"""


async def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
