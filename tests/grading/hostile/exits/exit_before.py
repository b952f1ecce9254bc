"""Leaves with exit status 0 before it answers.

expect: died 0
"""
import os


def additive_score(query, keys, v):
    os._exit(0)
