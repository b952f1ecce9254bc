"""Answers to show_attend_tell.bound: right ones, and wrong ones."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor


def slow_bound(weights: Tensor, log_p: Tensor) -> Tensor:
    """The version that a learner is given: every way to look."""
    _, T, L = weights.shape
    steps = torch.arange(T)
    bound = torch.zeros_like(weights[:, 0, 0])
    for s in itertools.product(range(L), repeat=T):
        looks = torch.tensor(s)
        chance = weights[:, steps, looks].prod(1)  # p(s | a) (B,)
        bound = bound + chance * log_p[:, steps, looks].sum(1)
    return bound


def bound(weights: Tensor, log_p: Tensor) -> Tensor:
    """The reference."""
    return means(weights, log_p).sum(1)


def means(weights: Tensor, log_p: Tensor) -> Tensor:
    return (weights * log_p).sum(2)  # of each word (B, T)


# --- right, written otherwise -----------------------------------------------------------------


def einsum(weights: Tensor, log_p: Tensor) -> Tensor:
    return torch.einsum("btl,btl->b", weights, log_p)


def double(weights: Tensor, log_p: Tensor) -> Tensor:
    """One product for each word, in double precision."""
    products = weights.double()[:, :, None] @ log_p.double()[..., None]  # (B, T, 1, 1)
    return products.sum((1, 2, 3))


def flat(weights: Tensor, log_p: Tensor) -> Tensor:
    return (weights.flatten(1)[:, None] @ log_p.flatten(1)[..., None])[:, 0, 0]


# --- wrong ------------------------------------------------------------------------------------


def word_by_word(weights: Tensor, log_p: Tensor) -> Tensor:
    total = torch.zeros_like(weights[:, 0, 0])
    for alpha, word in zip(weights.unbind(1), log_p.unbind(1), strict=True):
        total = total + (alpha * word).sum(1)
    return total


def place_by_place(weights: Tensor, log_p: Tensor) -> Tensor:
    columns = zip(weights.unbind(2), log_p.unbind(2), strict=True)
    return torch.stack([(alpha * place).sum(1) for alpha, place in columns]).sum(0)


def picture_by_picture(weights: Tensor, log_p: Tensor) -> Tensor:
    pictures = zip(weights.unbind(0), log_p.unbind(0), strict=True)
    return torch.stack([(alpha * one).sum() for alpha, one in pictures])


def through_numpy(weights: Tensor, log_p: Tensor) -> Tensor:
    return torch.from_numpy((weights.numpy() * log_p.numpy()).sum((1, 2)))


def likeliest(weights: Tensor, log_p: Tensor) -> Tensor:
    return log_p.gather(2, weights.argmax(2, keepdim=True)).sum((1, 2))
