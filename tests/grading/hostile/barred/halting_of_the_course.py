"""Puts the name of the course's own halting together from pieces.

question: universal_transformer.halt
expect: barred|raised 0
"""
import importlib


def halting_weights(p, threshold):
    course = importlib.import_module("attention_course.models." + "adaptive_" + "computation")
    for name in ("halting_weights", "weights", "halt", "act"):
        return getattr(course, name)(p, threshold)
