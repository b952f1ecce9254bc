"""Values that are wrong and made without any work."""

from __future__ import annotations

import torch
from torch import Tensor

from attention_course.exercises.values import Value


def zeros_like(value: Value) -> Value:
    """An answer that knows the shape and nothing else."""
    if isinstance(value, Tensor):
        return torch.zeros_like(value)
    if isinstance(value, list):
        return [zeros_like(item) for item in value]
    if isinstance(value, dict):
        return {key: zeros_like(item) for key, item in value.items()}
    return "" if isinstance(value, str) else 0


def noisy(value: Value) -> Value:
    """The value with something between 0.5 and 1.5 added to each number that has a fraction."""
    if isinstance(value, Tensor) and value.is_floating_point():
        return value + torch.linspace(0.5, 1.5, value.numel(), dtype=value.dtype).view(value.shape)
    if isinstance(value, list):
        return [noisy(item) for item in value]
    if isinstance(value, dict):
        return {key: noisy(item) for key, item in value.items()}
    return value + 0.5 if isinstance(value, float) else value
