"""Loads the reference from its file, past the import system.

expect: barred|raised 0
"""

import importlib.util

import attention_course


def additive_score(query, keys, v):
    path = attention_course.__path__[0] + "/exercises/bahd" + "anau/scores.py"
    spec = importlib.util.spec_from_file_location("anything", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.additive_score(query, keys, v)
