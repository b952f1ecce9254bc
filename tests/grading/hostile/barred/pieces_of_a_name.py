"""Imports the reference by a name that it puts together.

expect: barred|raised 0
"""


def additive_score(query, keys, v):
    name = ".".join(["attention_course", "exer" + "cises", "bahd" + "anau", "scores"])
    return getattr(__import__(name, fromlist=["x"]), "additive_" + "score")(query, keys, v)
