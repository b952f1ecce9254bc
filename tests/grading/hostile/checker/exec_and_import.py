"""Replaces exec, compile and __import__.

expect: wrong|raised|died 0
"""
import builtins

builtins.exec = builtins.eval = builtins.compile = lambda *_, **__: None
builtins.__import__ = lambda name, *_, **__: type("anything", (), {"__getattr__": lambda s, n: s})()


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
