"""Reads the reference from the bytecode that lies beside it.

expect: raised|barred 0
"""
import glob
import marshal
import types

import attention_course


def additive_score(query, keys, v):
    folder = attention_course.__path__[0] + "/exercises/" + "bahdanau" + "/__pycache__"
    for path in glob.glob(folder + "/scores.*.pyc"):
        with open(path, "rb") as file:
            module = marshal.loads(file.read()[16:])
        for code in module.co_consts:
            if getattr(code, "co_name", "") == "additive_score":
                return types.FunctionType(code, {"torch": torch})(query, keys, v)
    raise FileNotFoundError("no bytecode is here")
