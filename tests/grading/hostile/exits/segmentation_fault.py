"""Reads from address zero.

expect: died 0
"""
import ctypes


def additive_score(query, keys, v):
    ctypes.string_at(0)
