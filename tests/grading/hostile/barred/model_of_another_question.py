"""Takes the barred model from the module that asks another question, which needs it.

expect: raised|barred 0
"""

import importlib
import sys


def additive_score(query, keys, v):
    name = ".".join(["attention_course", "exer" + "cises", "bahd" + "anau", "training"])
    training = importlib.import_module(name)
    model = training.fresh(5, 5)
    return torch.tanh(query[:, None] + keys) @ v + 0 * model.attention.v_a.sum().detach()
