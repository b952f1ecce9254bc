"""Imports the reference by its name as a string.

expect: barred|raised 0
"""

import importlib


def additive_score(query, keys, v):
    module = importlib.import_module("attention_course.exercises.bahdanau.scores")
    return module.additive_score(query, keys, v)
