"""Answers to self_attention.attend: right ones, and wrong ones in which a part is another."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

Answer = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
Weights = Callable[[Tensor, Tensor], Tensor]
Scale = Callable[[Tensor, Tensor, Tensor], float]


def weights_of(scores: Tensor, mask: Tensor) -> Tensor:
    """The right weights: zeros in a row that may look nowhere."""
    low = torch.finfo(scores.dtype).min
    return scores.masked_fill(~mask, low).softmax(-1).masked_fill(~mask, 0.0)


def attention_with(
    *,
    weights: Weights = weights_of,
    scale: Scale = lambda query, key, value: query.shape[-1] ** -0.5,
) -> Answer:
    """The right answer with other weights, made of scores and mask, or with another scale."""

    def answer(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
        scores = query @ key.mT * scale(query, key, value)  # (B, H, T, S)
        return weights(scores, mask) @ value

    return answer


attention = attention_with()  # the reference


# --- right, written otherwise -----------------------------------------------------------------


def exponentials(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Without a softmax; a row of zeros is divided by a number that is not zero."""
    scores = torch.einsum("bhtd,bhsd->bhts", query, key) / math.sqrt(query.size(-1))
    shares = torch.exp(scores - scores.amax(-1, keepdim=True)) * mask
    total = shares.sum(-1, keepdim=True)
    return torch.einsum("bhts,bhsv->bhtv", shares / total.clamp_min(1e-30), value)


def nan_replaced(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Minus infinity where one may not look."""
    scores = (query / query.shape[-1] ** 0.5) @ key.transpose(2, 3)
    weights = torch.softmax(scores.masked_fill(mask.logical_not(), -torch.inf), dim=-1)
    return torch.nan_to_num(weights) @ value


def word_by_word(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """With loops over texts, heads and words."""
    rows = []
    for b in range(query.shape[0]):
        for h in range(query.shape[1]):
            for t in range(query.shape[2]):
                seen = mask[b, 0, t]
                scores = key[b, h][seen] @ query[b, h, t] / query.shape[-1] ** 0.5
                rows.append(scores.softmax(0) @ value[b, h][seen])
    return torch.stack(rows).view(*query.shape[:3], -1)


def double_transposed(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """The words that ask in the columns."""
    q, k, v = query.double(), key.double(), value.double()
    columns = (k @ q.mT / math.sqrt(q.shape[-1])).masked_fill(~mask.mT, -1e300)
    return (v.mT @ (columns.softmax(-2) * mask.mT)).mT


def additive(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """A large number added to what may not be seen, which the mask then multiplies by zero."""
    bias = torch.zeros_like(mask, dtype=query.dtype).masked_fill(~mask, -1e9)
    scores = torch.matmul(query, key.mT) / query.shape[-1] ** 0.5 + bias
    return (torch.softmax(scores, -1) * mask) @ value


# --- wrong ------------------------------------------------------------------------------------


def not_a_number(scores: Tensor, mask: Tensor) -> Tensor:
    """Minus infinity in a whole row."""
    return scores.masked_fill(~mask, -torch.inf).softmax(-1)


def everywhere(scores: Tensor, mask: Tensor) -> Tensor:
    """Who may look nowhere looks everywhere."""
    return scores.masked_fill(~mask, -1e9).softmax(-1)


def gradient_lost(scores: Tensor, mask: Tensor) -> Tensor:
    """Zeros at last, but what went through minus infinity goes back as NaN."""
    barred = torch.zeros_like(scores).masked_fill(~mask, -torch.inf)
    return (scores + barred).softmax(-1).nan_to_num()
