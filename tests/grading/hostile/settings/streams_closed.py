"""Closes and replaces the streams of the interpreter, and answers rightly.

expect: passed 15
"""
import io
import sys

sys.stdin.close()
sys.stdout = sys.stderr = None


def additive_score(query, keys, v):
    sys.stdout = io.StringIO()
    return torch.tanh(query[:, None] + keys) @ v
