"""Answers to luong.local_p: right ones, and wrong ones in which a part is another."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from attention_course.models.masks import masked_softmax


def local_p_weights(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """The reference."""
    p = position(z, mask)
    return masked_softmax(scores, in_window(p, D, mask)) * nearness(p, D, scores)


def position(z: Tensor, mask: Tensor) -> Tensor:
    """p (B, 1)."""
    return mask.sum(1, keepdim=True) * torch.sigmoid(z)[:, None]


def in_window(p: Tensor, D: int, mask: Tensor) -> Tensor:
    """Which words the window holds (B, S)."""
    return ((torch.arange(mask.shape[1]) - p.floor()).abs() <= D) & mask


def nearness(p: Tensor, D: int, scores: Tensor) -> Tensor:
    """The Gaussian (B, S)."""
    return torch.exp(-((torch.arange(scores.shape[1]) - p) ** 2) / (2 * (D / 2) ** 2))


# --- right, written otherwise -----------------------------------------------------------------


def by_sentence(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """With a loop over sentences and words."""
    weights = torch.zeros_like(scores)
    for b, real in enumerate(mask.sum(1).tolist()):
        p = real / (1 + math.exp(-float(z[b])))
        first, last = max(0, math.floor(p) - D), min(real - 1, math.floor(p) + D)
        weights[b, first : last + 1] = scores[b, first : last + 1].softmax(0)
        for s in range(first, last + 1):
            weights[b, s] *= math.exp(-2 * (s - p) ** 2 / D**2)
    return weights


def minus_infinity(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """The window made by scores of minus infinity."""
    p = mask.sum(1) * z.sigmoid()  # (B,)
    s = torch.arange(scores.shape[1]).expand_as(scores)
    outside = (s < p.floor()[:, None] - D) | (s > p.floor()[:, None] + D) | ~mask
    weights = torch.softmax(scores.masked_fill(outside, -torch.inf), dim=-1)
    return weights * torch.exp(-0.5 * ((s - p[:, None]) / (D / 2)).square())


def double_transposed(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """The sentences in the columns."""
    p = mask.sum(1).double() / (1 + torch.exp(-z.double()))  # (B,)
    s = torch.arange(scores.shape[1])[:, None]  # (S, 1)
    seen = mask.T & (s - p.floor() >= -D) & (s - p.floor() <= D)  # (S, B)
    log = scores.T.double().masked_fill(~seen, -1e300).log_softmax(0)
    return (torch.exp(log - 2 * ((s - p) / D) ** 2) * seen).T


def by_exponentials(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """With a normal distribution for the Gaussian."""
    p = mask.sum(1) * torch.sigmoid(z)
    distance = torch.arange(scores.shape[1])[None] - p[:, None]
    seen = mask & ((distance + (p - p.floor())[:, None]).abs() < D + 0.5)
    exponentials = torch.exp(scores - scores.amax(1, keepdim=True)) * seen
    shares = exponentials / exponentials.sum(1, keepdim=True)
    return (
        shares
        * torch.distributions.Normal(0, D / 2).log_prob(distance).exp()
        * (D / 2 * math.sqrt(2 * math.pi))
    )


# --- wrong ------------------------------------------------------------------------------------


def weights_with(
    *,
    position: Callable[[Tensor, Tensor], Tensor] = position,
    window: Callable[[Tensor, int, Tensor], Tensor] = in_window,
    nearness: Callable[[Tensor, int, Tensor], Tensor] = nearness,
) -> Callable[[Tensor, Tensor, int, Tensor], Tensor]:
    """The right answer with another position (B, 1), window (B, S) or Gaussian (B, S)."""

    def answer(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
        p = position(z, mask)
        return masked_softmax(scores, window(p, D, mask)) * nearness(p, D, scores)

    return answer


def gauss_with(exponent: Callable[[Tensor, int], Tensor]) -> Callable[..., Tensor]:
    """The right answer with the exponential of another function of the distances and D."""
    return weights_with(
        nearness=lambda p, D, scores: torch.exp(exponent(torch.arange(scores.shape[1]) - p, D))
    )


def window_with(seen: Callable[[Tensor, int], Tensor]) -> Callable[..., Tensor]:
    """The right answer with another function of the distances from ⌊p⌋ and D as its window."""
    return weights_with(
        window=lambda p, D, mask: seen(torch.arange(mask.shape[1]) - p.floor(), D) & mask
    )


def renormalised(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """The weights made to sum to one again."""
    weights = local_p_weights(scores, z, D, mask)
    return weights / weights.sum(-1, keepdim=True)


def softmax_twice(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """A softmax of the products as well."""
    return masked_softmax(
        local_p_weights(scores, z, D, mask), in_window(position(z, mask), D, mask)
    )


def gauss_on_scores(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """The Gaussian before the softmax."""
    p = position(z, mask)
    return masked_softmax(scores * nearness(p, D, scores), in_window(p, D, mask))


def whole_sentence_cut(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """The window after the softmax."""
    p = position(z, mask)
    return masked_softmax(scores, mask) * in_window(p, D, mask) * nearness(p, D, scores)


def padding_cut(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """Padding cut after the softmax."""
    p = position(z, mask)
    seen = in_window(p, D, torch.ones_like(mask))
    return masked_softmax(scores, seen) * nearness(p, D, scores) * mask


def over_sentences(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """A softmax over the batch."""
    p = position(z, mask)
    return masked_softmax(scores, in_window(p, D, mask), dim=0) * nearness(p, D, scores)


def along_the_words(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """p (B,) without a second dimension."""
    p = mask.sum(1) * torch.sigmoid(z)
    return masked_softmax(scores, in_window(p, D, mask)) * nearness(p, D, scores)
