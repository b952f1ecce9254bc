"""Answers to self_attention.heads: right ones, and wrong ones in which a part is another."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Answer = Callable[[Tensor, Tensor, Tensor, Tensor, int], Tensor]
Split = Callable[[Tensor, int], Tensor]
Merge = Callable[[Tensor], Tensor]


def slow_heads(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
    """The version that a learner is given: one text after the other, one head after the other."""
    d_k = queries.shape[-1] // heads
    texts = []
    for q, k, v in zip(queries, keys, values, strict=True):  # (T, d), (S, d), (S, d)
        found = []
        for i in range(heads):
            own = slice(i * d_k, (i + 1) * d_k)  # the numbers of head i
            weights = torch.softmax(q[:, own] @ k[:, own].T / d_k**0.5, dim=-1)  # (T, S)
            found.append(weights @ v[:, own])  # (T, d_k)
        texts.append(torch.cat(found, dim=-1) @ W_O)
    return torch.stack(texts)


def split(x: Tensor, heads: int) -> Tensor:
    """(B, T, d) → (B, H, T, d/H)."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def merge(x: Tensor) -> Tensor:
    """(B, H, T, d/H) → (B, T, d)."""
    return x.transpose(1, 2).flatten(2)


def weights_of(queries: Tensor, keys: Tensor) -> Tensor:
    """(B, H, T, S) of queries and keys that are split."""
    return (queries @ keys.mT / queries.shape[-1] ** 0.5).softmax(-1)


def heads_with(
    *,
    split: Split = split,
    weights: Callable[[Tensor, Tensor], Tensor] = weights_of,
    merge: Merge = merge,
) -> Answer:
    """The right answer with another way to split, to weigh, or to merge."""

    def answer(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
        q, k, v = (split(x, heads) for x in (queries, keys, values))
        return merge(weights(q, k) @ v) @ W_O

    return answer


all_heads = heads_with()  # the reference


# --- right, written otherwise -----------------------------------------------------------------


def einsum(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
    """Without a transposition, and mixed head by head."""
    q, k, v = (x.reshape(*x.shape[:2], heads, -1) for x in (queries, keys, values))
    weights = torch.einsum("bthd,bshd->bhts", q, k).div(q.shape[-1] ** 0.5).softmax(-1)
    W = W_O.reshape(heads, v.shape[-1], -1)
    return torch.einsum("bhts,bshd,hdn->btn", weights, v, W)


def stacked(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
    """With chunks, stacked before the batch, and with weights that a sum makes."""
    q, k, v = (torch.stack(x.chunk(heads, dim=-1)) for x in (queries, keys, values))
    exponentials = torch.exp(torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2)))
    found = exponentials @ v / exponentials.sum(-1, keepdim=True)  # (H, B, T, d/H)
    B, T, d = queries.shape
    return found.permute(1, 2, 0, 3).reshape(B, T, d) @ W_O


def as_texts(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
    """Each head as if it were a text of its own, in double precision; not contiguous."""
    B, _, d = queries.shape
    q, k, v = (
        x.double().reshape(B, x.shape[1], heads, d // heads).permute(2, 0, 1, 3).flatten(0, 1)
        for x in (queries, keys, values)
    )  # (H · B, ·, d/H)
    weights = torch.softmax(torch.bmm(q, k.mT) / (d // heads) ** 0.5, dim=-1)
    found = torch.bmm(weights, v).unflatten(0, (heads, B)).permute(2, 1, 0, 3)  # (T, B, H, d/H)
    return (found.flatten(2) @ W_O.double()).transpose(0, 1)


# --- wrong ------------------------------------------------------------------------------------


def by_text(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
    """A loop over texts."""
    texts = zip(queries.split(1), keys.split(1), values.split(1), strict=True)
    return torch.cat([all_heads(q, k, v, W_O, heads) for q, k, v in texts])


def by_head(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
    """A loop over heads."""
    pieces = zip(*(x.chunk(heads, dim=-1) for x in (queries, keys, values)), strict=True)
    return torch.cat([weights_of(q, k) @ v for q, k, v in pieces], dim=-1) @ W_O


def by_asking(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
    """A loop over the words that ask."""
    words = [all_heads(q, keys, values, W_O, heads) for q in queries.split(1, dim=1)]
    return torch.cat(words, dim=1)


def by_asked(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
    """A loop over the words that are asked."""
    q, k, v = (split(x, heads) for x in (queries, keys, values))
    scores = torch.stack([(q * one[:, :, None]).sum(-1) for one in k.unbind(2)], dim=-1)
    return merge((scores / q.shape[-1] ** 0.5).softmax(-1) @ v) @ W_O


def through_numpy(queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int) -> Tensor:
    """Out of PyTorch and back."""
    return torch.from_numpy(all_heads(queries, keys, values, W_O, heads).detach().numpy())


def cut_straight(x: Tensor, heads: int) -> Tensor:
    """(B, T, d) → (B, H, T, d/H) by a view, which cuts texts and not vectors."""
    B, T, d = x.shape
    return x.reshape(B, heads, T, d // heads)


def every_hth(x: Tensor, heads: int) -> Tensor:
    """A head gets every H-th number."""
    return x.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)


def joined_straight(x: Tensor) -> Tensor:
    """(B, H, T, d/H) → (B, T, d) by a view."""
    B, H, T, d_k = x.shape
    return x.reshape(B, T, H * d_k)


def numbers_first(x: Tensor) -> Tensor:
    """The first numbers of all heads, then the second ones."""
    return x.permute(0, 2, 3, 1).flatten(2)


def texts_for_heads(
    queries: Tensor, keys: Tensor, values: Tensor, W_O: Tensor, heads: int
) -> Tensor:
    """Heads stacked before the texts, and taken apart as if the texts came first."""
    q, k, v = (torch.cat(x.chunk(heads, -1)) for x in (queries, keys, values))  # (H · B, ·, d/H)
    found = (weights_of(q, k) @ v).unflatten(0, (-1, heads))
    return merge(found) @ W_O
