"""Empties sys.path and sys.modules.

expect: wrong|raised|died 0
"""
import sys

sys.path.clear()
sys.meta_path.clear()
for name in list(sys.modules):
    del sys.modules[name]


def additive_score(query, keys, v):
    return None
