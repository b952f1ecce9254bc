"""Asks the registry for the question and its reference.

expect: barred|raised 0
"""


def additive_score(query, keys, v):
    from attention_course.exercises import registry

    return registry.question("bahdanau.scores").reference(query, keys, v)
