"""Leaves a mode behind that changes every operation of torch.

expect: wrong|raised|timed out 0
"""
from torch.utils._python_dispatch import TorchDispatchMode


class Nothing(TorchDispatchMode):
    def __torch_dispatch__(self, function, kinds, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        return made * 0 if type(made) is torch.Tensor else made


def additive_score(query, keys, v):
    Nothing().__enter__()
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
