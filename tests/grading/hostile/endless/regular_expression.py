"""Matches a regular expression that takes exponential time.

expect: timed out 0
"""
import re


def additive_score(query, keys, v):
    return re.match(r"(a+)+$", "a" * 60 + "b")
