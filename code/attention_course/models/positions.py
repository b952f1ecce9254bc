"""Where a word stands: what is added to its embedding, since attention alone sees no order."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from attention_course.models.masks import check_number, check_sizes, check_tensor


def sinusoids(positions: Tensor, d: int, base: float = 10_000.0) -> Tensor:
    """PE(pos, 2i) = sin(pos / base^(2i/d)), PE(pos, 2i+1) = cos(pos / base^(2i/d)).

    Sine and cosine of one wavelength stand side by side. The wavelengths go from 2π to almost
    base · 2π.

    Args:
        positions: (...) integers or floating-point numbers.
        d: the size of a vector, even.
        base: of the wavelengths' geometric progression.

    Returns:
        (..., d), float32.

    Raises:
        ValueError: positions is no tensor, d is odd or below 2, or base is not above 1.

    Source: 1706.03762, Section 3.5.
    """
    check_tensor("positions", positions)
    check_sizes(d=d)
    check_number("base", base)
    if d % 2:
        raise ValueError(f"d is {d}, expected an even number: sines and cosines come in pairs")
    if base <= 1:
        raise ValueError(f"base is {base!r}, expected a number above 1")
    # In double precision: in single, sines of large positions are right to three digits only.
    exponents = torch.arange(0, d, 2, dtype=torch.float64, device=positions.device) / d  # (d/2,)
    angles = positions[..., None].double() / base**exponents  # (..., d/2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2).float()


class Sinusoidal(nn.Module):
    """The vectors of `sinusoids`; nothing is learnt, and no position is too late.

    Args:
        d: the size of a vector, even.
        base: see `sinusoids`.
    """

    def __init__(self, d: int, base: float = 10_000.0) -> None:
        super().__init__()
        sinusoids(torch.zeros(1), d, base)  # says now what is wrong
        self.d, self.base = d, base

    def forward(self, positions: Tensor) -> Tensor:
        """The vectors (..., d) of positions (...)."""
        return sinusoids(positions, self.d, self.base)


class Learned(nn.Module):
    """A vector for each position, learnt like an embedding (1706.03762, Table 3, row E).

    Args:
        d: the size of a vector.
        max_length: how many positions there are.
    """

    def __init__(self, d: int, max_length: int) -> None:
        super().__init__()
        check_sizes(d=d, max_length=max_length)
        self.E = nn.Embedding(max_length, d)
        nn.init.normal_(self.E.weight, std=0.5**0.5)  # about as long as sinusoids are

    def forward(self, positions: Tensor) -> Tensor:
        """The vectors (..., d) of positions (...) int64.

        Raises:
            ValueError: a position that has no vector, no positions, or another dtype.
        """
        check_tensor("positions", positions)
        if positions.dtype != torch.int64 or positions.numel() == 0:
            raise ValueError(
                f"positions is {positions.dtype} of shape {tuple(positions.shape)}, expected "
                "torch.int64, not empty"
            )
        most = self.E.num_embeddings
        low, high = torch.stack(torch.aminmax(positions)).tolist()
        if low < 0 or high >= most:
            raise ValueError(
                f"position {low if low < 0 else high} has no vector: expected positions from 0 to "
                f"{most - 1}, max_length={most}"
            )
        vectors: Tensor = self.E(positions)
        return vectors


class Nowhere(nn.Module):
    """No positions at all: every vector is zero. Chapter 9 shows what attention then cannot see.

    Args:
        d: the size of a vector.
    """

    def __init__(self, d: int) -> None:
        super().__init__()
        check_sizes(d=d)
        self.d = d

    def forward(self, positions: Tensor) -> Tensor:
        """Zeros (..., d) for positions (...)."""
        check_tensor("positions", positions)
        return torch.zeros(*positions.shape, self.d, device=positions.device)
