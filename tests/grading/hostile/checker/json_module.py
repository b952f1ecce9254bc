"""Replaces the json module that its own frames are written with.

expect: died|raised 0
"""
import json

json.dumps = lambda *_, **__: '{"passed": true}'
json.loads = lambda *_, **__: {"passed": True}


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
