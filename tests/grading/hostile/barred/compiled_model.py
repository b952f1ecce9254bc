"""Runs the compiled file of the barred model.

expect: raised|barred 0
"""

import glob
import marshal
import sys
import types

import attention_course


def additive_score(query, keys, v):
    (path,) = glob.glob(attention_course.__path__[0] + "/models/__pycache__/bahd" + "anau.*.pyc")
    module = sys.modules["own"] = types.ModuleType("own")
    with open(path, "rb") as file:
        exec(marshal.loads(file.read()[16:]), vars(module))
    attention = getattr(module, "Additive" + "Attention")(1, 1, keys.shape[-1])
    return torch.tanh(query[:, None] + keys) @ v + 0 * attention.v_a.sum().detach()
