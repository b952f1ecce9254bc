"""Reaches the course's model through sys.modules, by a name that it puts together.

expect: barred|raised 0
"""

import sys


def additive_score(query, keys, v):
    module = sys.modules["attention_course" + ".models." + "bahd" + "anau"]
    attention = module.AdditiveAttention(query.shape[-1], query.shape[-1], keys.shape[-1])
    return torch.tanh(query[:, None] + keys) @ v + 0 * attention.v_a.sum().detach()
