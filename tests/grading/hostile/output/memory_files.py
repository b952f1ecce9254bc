"""Writes into files that lie in no folder.

question: self_attention.sizes
expect: raised 0
hint: PermissionError|Operation not permitted
"""
import os


def cost_of_heads(*given):
    file = os.memfd_create("many")
    for _ in range(1000):
        os.write(file, bytes(1 << 20))
