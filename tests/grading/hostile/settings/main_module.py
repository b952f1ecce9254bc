"""Replaces the module it lives in, and its own name, and answers rightly.

expect: passed 15
"""
import sys
import types

sys.modules["__main__"] = types.ModuleType("__main__")
__name__ = "another"


def additive_score(query, keys, v):
    return torch.tanh(query[:, None] + keys) @ v
