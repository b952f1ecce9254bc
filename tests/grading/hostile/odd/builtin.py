"""Answers with a builtin function.

expect: wrong|raised 0
"""
additive_score = print
