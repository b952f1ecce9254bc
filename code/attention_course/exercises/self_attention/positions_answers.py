"""Answers to self_attention.positions: right ones, and wrong ones in which a part is another."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

Answer = Callable[[Tensor, float], Tensor]


def interleaved(angles: Tensor) -> Tensor:
    """Sine and cosine of each angle side by side: (..., d/2) → (..., d)."""
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)


def exponents(d: int) -> Tensor:
    """2i/d for i = 0, …, d/2 - 1."""
    return torch.arange(0, d, 2) / d


def positions_with(
    *,
    places: Callable[[Tensor], Tensor] = lambda x: torch.arange(x.shape[1])[:, None],
    exponents: Callable[[int], Tensor] = exponents,
    angles: Callable[[Tensor, Tensor], Tensor] = lambda place, wavelengths: place / wavelengths,
    waves: Callable[[Tensor], Tensor] = interleaved,
    join: Callable[[Tensor, Tensor], Tensor] = torch.add,
) -> Answer:
    """The right answer with a part that is another.

    Args:
        places: of x, the positions (T, 1) or (B, T, 1).
        exponents: of the base, (d/2,), of d.
        angles: of positions and of base ** exponents.
        waves: of the angles (..., d/2), the vectors (..., d).
        join: of x and the vectors, what is returned.
    """

    def answer(x: Tensor, base: float) -> Tensor:
        wavelengths = base ** exponents(x.shape[-1])
        return join(x, waves(angles(places(x), wavelengths)))

    return answer


with_positions = positions_with()  # the reference


# --- right, written otherwise -----------------------------------------------------------------


def number_by_number(x: Tensor, base: float) -> Tensor:
    """With loops and Python's own sines."""
    _, T, d = x.shape
    added = torch.zeros(T, d)
    for t in range(T):
        for i in range(d // 2):
            angle = t / base ** (2 * i / d)
            added[t, 2 * i], added[t, 2 * i + 1] = math.sin(angle), math.cos(angle)
    return x + added


def by_logarithms(x: Tensor, base: float) -> Tensor:
    """As many programs have it; in slices of every second number."""
    _, T, d = x.shape
    rates = torch.exp(torch.arange(0, d, 2) * (-math.log(base) / d))  # (d/2,)
    angles = torch.arange(T).unsqueeze(1) * rates  # (T, d/2)
    found = x.clone()
    found[:, :, 0::2] += torch.sin(angles)
    found[:, :, 1::2] += torch.cos(angles)
    return found


def shifted_sines(x: Tensor, base: float) -> Tensor:
    """A cosine is a sine a quarter of a turn on; double precision, not contiguous."""
    _, T, d = x.shape
    number = torch.arange(d)[:, None]  # (d, 1)
    rates = torch.tensor(base, dtype=torch.float64) ** (-(number - number % 2) / d)
    columns = torch.sin(torch.arange(T) * rates + number % 2 * (math.pi / 2))  # (d, T)
    return (x.double().mT + columns).mT


# --- wrong ------------------------------------------------------------------------------------


def along_the_batch(x: Tensor) -> Tensor:
    """A position for each text: (B, 1, 1)."""
    return torch.arange(x.shape[0])[:, None, None]


def through_the_batch(x: Tensor) -> Tensor:
    """Positions that go on from one text to the next: (B, T, 1)."""
    return torch.arange(x.shape[0] * x.shape[1]).view(*x.shape[:2], 1)


def own_exponents(times: int) -> Answer:
    """Each number of a vector has a wavelength of its own; so many times its place is taken."""

    def answer(x: Tensor, base: float) -> Tensor:
        _, T, d = x.shape
        angles = torch.arange(T)[:, None] / base ** (times * torch.arange(d) / d)  # (T, d)
        return x + torch.where(torch.arange(d) % 2 == 0, angles.sin(), angles.cos())

    return answer
