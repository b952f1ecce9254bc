"""Runs the source of the barred model from the file that it is in.

expect: raised|barred 0
"""

import sys
import types

import attention_course


def additive_score(query, keys, v):
    path = attention_course.__path__[0] + "/models/" + "bahdanau" + ".py"
    module = sys.modules["own"] = types.ModuleType("own")
    with open(path) as file:
        exec(compile(file.read(), "own", "exec", dont_inherit=True), vars(module))
    attention = getattr(module, "Additive" + "Attention")(1, 1, keys.shape[-1])
    return torch.tanh(query[:, None] + keys) @ v + 0 * attention.v_a.sum().detach()
