"""Puts wrong functions into every place from which later questions could take theirs.

expect: wrong 0
"""
import builtins
import sys

for name in ("masked_softmax", "alignment", "predictions", "gated_unit", "step", "reading"):
    setattr(builtins, name, lambda *_: None)
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("attention_course"):
            setattr(module, name, lambda *_: None)
torch.Tensor.softmax = torch.softmax = lambda *_, **__: torch.zeros(3, 3)


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
