"""Looks for the course's halting in the modules that use it, under whatever name.

question: universal_transformer.halt
expect: barred|raised 0
"""
import importlib


def halting_weights(p, threshold):
    model = importlib.import_module("attention_course.models." + "universal_transformer")
    pondering = importlib.import_module("attention_course." + "pondering")
    for module in (model, pondering):
        for thing in list(vars(module).values()):
            if "adaptive" in getattr(thing, "__module__", ""):
                return thing(p, threshold)
    raise RuntimeError("nothing found")
