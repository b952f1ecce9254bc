"""Writes the name of its function in letters that Python takes for others.

question: self_attention.sizes
expect: wrong 0
"""


def сost_of_heads(*given):  # the first letter is Cyrillic
    return {}


def ｃost_of_heads(*given):  # the first letter is a wide one
    return {}
