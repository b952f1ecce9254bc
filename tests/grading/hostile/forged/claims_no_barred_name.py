"""Uses the course's own model, and leaves before it could be asked which names it used.

expect: barred|raised|died 0
"""
import os
import sys

calls = []


def additive_score(query, keys, v):
    course = sys.modules["attention_course." + "models." + "bah" + "danau"]
    calls.append(1)
    if len(calls) > 5:
        os._exit(0)
    attention = course.AdditiveAttention(1, 1, 1) if hasattr(course, "AdditiveAttention") else None
    return torch.tanh(query[:, None] + keys) @ v if attention is None else torch.zeros(1)
