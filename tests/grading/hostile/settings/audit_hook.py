"""Hears of everything that its process does, and refuses what it can.

question: transformer.embed
expect: wrong|raised|died 0
"""
import sys


def refuse(event, arguments):
    if event.startswith(("socket", "import", "compile", "exec", "object", "os", "open")):
        raise RuntimeError(event)


def embed(ids, E, P, start):
    sys.addaudithook(refuse)
    return torch.zeros(*ids.shape, E.shape[1], dtype=E.dtype)
