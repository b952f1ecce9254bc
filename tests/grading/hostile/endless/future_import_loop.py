"""Imports a module of its own name that loops in the import.

expect: timed out 0
"""
import importlib.abc
import sys


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        while True:
            pass


sys.meta_path.insert(0, Finder())


def additive_score(query, keys, v):
    import something_new
