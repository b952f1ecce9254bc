"""Answers to transformer.sublayer, right ones and such with mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Part = Callable[[Tensor], Tensor]
Normal = Callable[[Tensor, Tensor, Tensor], Tensor]  # of x, gain and bias
Answer = Callable[[Tensor, Part, str, Tensor, Tensor], Tensor]

EPSILON = 1e-5


def normal_with(
    *,
    dim: tuple[int, ...] = (-1,),
    correction: int = 0,
    centre: float = 1.0,
    power: float = -0.5,
    epsilon: float = EPSILON,
    outside: bool = False,
    squares_centred: bool = True,
    summed: bool = False,
    gains: bool = True,
    biases: bool = True,
    bias_first: bool = False,
) -> Normal:
    """Layer normalisation, by default without a mistake.

    Args:
        dim: over what mean and variance go.
        correction: what is taken off the number that the variance is divided by.
        centre: how often the mean is subtracted.
        power: of the variance, by which is multiplied.
        epsilon: what is added to the variance.
        outside: whether it is added to the root instead.
        squares_centred: whether the mean is subtracted before the squares are taken.
        summed: whether the squares are added up, and not divided.
        gains, biases: whether there is a gain, and a bias.
        bias_first: whether the bias comes before the gain.
    """

    def normal(x: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
        mean = x.mean(dim, keepdim=True)
        variance = (x - squares_centred * mean).square().mean(dim, keepdim=True)
        size = x.numel() / variance.numel()
        variance = variance * (size if summed else size / (size - correction))
        scale = 1 / (variance.sqrt() + epsilon) if outside else (variance + epsilon) ** power
        y = (x - centre * mean) * scale
        if bias_first:
            return (y + bias) * gain
        return y * (gain if gains else 1.0) + (bias if biases else 0.0)

    return normal


def around_with(*, post: str = "post", pre: str = "pre", normal: Normal | None = None) -> Answer:
    """The answer that does this for "post" and for "pre"; by default without a mistake."""
    normal = normal or normal_with()

    def around(x: Tensor, part: Part, order: str, gain: Tensor, bias: Tensor) -> Tensor:
        def norm(y: Tensor) -> Tensor:
            return normal(y, gain, bias)

        ways: dict[str, Callable[[], Tensor]] = {
            "post": lambda: norm(x + part(x)),
            "pre": lambda: x + part(norm(x)),
            "not normalised": lambda: x + part(x),
            "no way past, post": lambda: norm(part(x)),
            "no way past, pre": lambda: part(norm(x)),
            "part alone": lambda: x + norm(part(x)),
            "way past normalised": lambda: norm(x) + part(norm(x)),
            "way past normalised, part of x": lambda: norm(x) + part(x),
            "each normalised": lambda: norm(x) + norm(part(x)),
            "twice": lambda: norm(x + part(norm(x))),
        }
        return ways[{"post": post, "pre": pre}[order]]()

    return around


def with_normal(**mistake: Any) -> Answer:
    """The answer with this mistake of `normal_with`, in both orders."""
    return around_with(normal=normal_with(**mistake))


around = around_with()


# --- right, written otherwise -----------------------------------------------------------------


def word_by_word(x: Tensor, part: Part, order: str, gain: Tensor, bias: Tensor) -> Tensor:
    def norm(y: Tensor) -> Tensor:
        words = [
            [(v - v.mean()) / (v.var(correction=0) + EPSILON).sqrt() * gain + bias for v in row]
            for row in y
        ]
        return torch.stack([torch.stack(row) for row in words])

    return norm(x + part(x)) if order == "post" else x + part(norm(x))


def moments(x: Tensor, part: Part, order: str, gain: Tensor, bias: Tensor) -> Tensor:
    """The variance as the mean square less the square of the mean."""

    def norm(y: Tensor) -> Tensor:
        wide = y.double()
        mean = wide.mean(-1, keepdim=True)
        variance = wide.pow(2).mean(-1, keepdim=True) - mean**2
        return ((wide - mean) * (variance + EPSILON).rsqrt()).to(y.dtype) * gain + bias

    return x + part(norm(x)) if order == "pre" else norm(x + part(x))


def time_first(x: Tensor, part: Part, order: str, gain: Tensor, bias: Tensor) -> Tensor:
    """Works on (T, B, d), and on copies; the result is not contiguous."""
    y = x.transpose(0, 1)
    if order == "post":
        y = y + part(y)
    variance, mean = torch.var_mean(y, -1, correction=0, keepdim=True)
    normal = torch.addcmul(bias, (y - mean) / torch.sqrt(variance + EPSILON), gain)
    return (normal if order == "post" else y + part(normal)).transpose(0, 1)


def joined_up(x: Tensor, part: Part, order: str, gain: Tensor, bias: Tensor) -> Tensor:
    def norm(y: Tensor, wanted: bool) -> Tensor:
        if not wanted:
            return y
        centred = y - y.mean(2)[..., None]
        size = torch.linalg.vector_norm(centred, dim=2, keepdim=True) ** 2 / y.shape[2]
        return torch.einsum("btd,d->btd", centred / (size + EPSILON) ** 0.5, gain) + bias

    return norm(x + part(norm(x, order == "pre")), order == "post")
