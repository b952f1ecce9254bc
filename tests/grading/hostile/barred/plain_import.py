"""Imports the reference.

expect: barred|raised 0
"""

from attention_course.exercises.bahdanau.scores import additive_score as right


def additive_score(query, keys, v):
    return right(query, keys, v)
