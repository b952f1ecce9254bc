"""Inputs for the cases of questions.

Numbers are drawn so that nothing saturates: where scores are too large, a softmax is one word
whatever the scale, and a tanh is ±1, so that wrong scalings would pass.
"""

from __future__ import annotations

import torch
from torch import Tensor


def normal(
    generator: torch.Generator,
    *shape: int,
    std: float = 1.0,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Normally distributed numbers with mean 0."""
    return (torch.randn(*shape, generator=generator, dtype=torch.float64) * std).to(dtype)


def integers(generator: torch.Generator, low: int, high: int, *shape: int) -> Tensor:
    """Integers from `low` up to but not including `high`, int64."""
    return torch.randint(low, high, shape, generator=generator)


def padding_mask(*lengths: int, width: int | None = None) -> Tensor:
    """(B, S) bool, True at the first so many positions of each row.

    S is `width`, by default the largest of the lengths.
    """
    return torch.arange(width or max(lengths)) < torch.tensor(lengths)[:, None]
