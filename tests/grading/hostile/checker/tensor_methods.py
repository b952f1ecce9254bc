"""Replaces comparisons of the class Tensor itself.

expect: wrong|raised 0
"""
import torch


def always(self, *_, **__):
    return torch.ones(1, dtype=torch.int64).bool()


torch.Tensor.__eq__ = torch.Tensor.all = torch.Tensor.isclose = torch.Tensor.allclose = always


def additive_score(query, keys, v):
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
