"""Attention as a product of matrices, in many heads, from a text to itself or to another.

Each word asks with a query, answers to a key, and gives a value; all three are made from its
vector by a matrix. Chapter 2's decoder asks one question at a time, since each needs the answer to
the last. Here all are asked at once: the scores of all pairs are one product, Q Kᵀ.

Source: 1706.03762, Section 3.2.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.models.masks import (
    check_count,
    check_device,
    check_floating,
    check_kind,
    check_like,
    check_share,
    check_sizes,
    check_tensor,
    check_vectors,
    masked_softmax,
)


def causal_mask(length: int, device: torch.device | None = None) -> Tensor:
    """(T, T) bool: row t may look at the positions up to t, itself included.

    Raises:
        ValueError: the length is not an integer, 0 or more.
    """
    check_count("length", length)
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    *,
    causal: bool = False,
    dropout: float = 0.0,
    need_weights: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention(Q, K, V) = softmax(Q Kᵀ / √d_k) V (Eq. 1).

    Args:
        query: (..., T, d_k).
        key: (..., S, d_k).
        value: (..., S, d_v).
        mask: bool that broadcasts to (..., T, S), True where one may look; a row that may look
            nowhere gets zeros. None: everywhere.
        causal: whether t looks at s ≤ t only; for T = S, and instead of a mask.
        dropout: the share of the weights that is dropped.
        need_weights: whether the weights are wanted. Without, torch's fused kernel does not even
            build them: memory then grows with T + S and not with T · S.

    Returns:
        (..., T, d_v), and the weights (..., T, S) before dropout or None.

    Raises:
        ValueError: query, key and value do not fit together, or the mask does not fit them; causal
            is asked for with a mask, or with T ≠ S; dropout is no share.
    """
    _check(query, key, value, mask, causal)
    if dropout:
        check_share("dropout", dropout)
    if not need_weights:
        return (
            F.scaled_dot_product_attention(
                query, key, value, attn_mask=mask, dropout_p=dropout, is_causal=causal
            ),
            None,
        )
    scores = query @ key.mT / math.sqrt(query.shape[-1])  # (..., T, S)
    if causal:
        mask = causal_mask(query.shape[-2], query.device)
    weights = scores.softmax(-1) if mask is None else masked_softmax(scores, mask)
    return F.dropout(weights, dropout) @ value, weights


class Memory(NamedTuple):
    """Keys and values of a text, for each head: computed once, however many questions come."""

    keys: Tensor  # (B, H, S, d_k)
    values: Tensor  # (B, H, S, d_v)

    def select(self, rows: Tensor) -> Memory:
        """Those of the sentences ``rows`` (R,) int64, in that order."""
        return Memory(self.keys[rows], self.values[rows])

    def extended(self, further: Memory) -> Memory:
        """These and further words behind them."""
        return Memory(*(torch.cat(pair, dim=2) for pair in zip(self, further, strict=True)))


class MultiHeadAttention(nn.Module):
    """H small attentions side by side: MultiHead(Q, K, V) = Concat(head_1, …, head_H) W^O.

    head_i = Attention(Q W_i^Q, K W_i^K, V W_i^V). The H matrices W_i^Q lie side by side in one, and
    so do the others; each head has d_k = d_v = d / H.

    Args:
        d: the size of a word's vector, d_model.
        heads: H.
        dropout: the share of the weights that is dropped in training (the paper names none).
        bias: whether the four products get a bias (the paper writes none).

    Raises:
        ValueError: a size below 1, d is no multiple of heads, or dropout is no share.

    Source: 1706.03762, Section 3.2.2.
    """

    def __init__(self, d: int, heads: int, *, dropout: float = 0.0, bias: bool = False) -> None:
        super().__init__()
        check_sizes(d=d, heads=heads)
        if d % heads:
            raise ValueError(f"d is {d} and heads is {heads}, expected d to be a multiple of heads")
        check_share("dropout", dropout)
        self.heads, self.dropout = heads, dropout
        self.W_Q = nn.Linear(d, d, bias=bias)
        self.W_K = nn.Linear(d, d, bias=bias)
        self.W_V = nn.Linear(d, d, bias=bias)
        self.W_O = nn.Linear(d, d, bias=bias)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws the matrices uniformly as Glorot and Bengio have it, each by itself."""
        for linear in (self.W_Q, self.W_K, self.W_V, self.W_O):
            nn.init.xavier_uniform_(linear.weight)
            if linear.bias is not None:
                nn.init.zeros_(linear.bias)

    def forward(
        self,
        x: Tensor,
        memory: Memory | None = None,
        mask: Tensor | None = None,
        *,
        causal: bool = False,
        need_weights: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """What each word of x gathers.

        Args:
            x: (B, T, d), the words that ask.
            memory: what they ask, from `project`; None: x itself, which is self-attention.
            mask: bool, (T, S) or what broadcasts to (B, H, T, S), for example (B, 1, 1, S).
            causal, need_weights: see `attend`.

        Returns:
            (B, T, d), and the weights (B, H, T, S) or None.

        Raises:
            ValueError: x, memory or the mask has a wrong shape or dtype, or is something else.
        """
        W = self.W_Q
        check_vectors("x", x, "(B, T, d)", W.in_features, W.weight)
        if isinstance(mask, Tensor) and mask.dim() == 3:  # (B, T, S) would pass for (H, T, S)
            raise ValueError(
                f"mask has shape {tuple(mask.shape)}, expected (T, S) or four dimensions that "
                "broadcast to (B, H, T, S): mask[:, None] for one a sentence"
            )
        if memory is None:
            memory = self._projected(x)
        else:
            check_memory("memory", memory, len(x))
        heads, weights = attend(
            self._split(self.W_Q(x)),
            memory.keys,
            memory.values,
            mask,
            causal=causal,
            dropout=self.dropout if self.training else 0.0,
            need_weights=need_weights,
        )  # (B, H, T, d_v)
        return self.W_O(heads.transpose(1, 2).flatten(2)), weights

    def project(self, x: Tensor) -> Memory:
        """Keys and values of words x (B, S, d).

        Raises:
            ValueError: x has a wrong shape or dtype.
        """
        W = self.W_K
        check_vectors("x", x, "(B, S, d)", W.in_features, W.weight)
        return self._projected(x)

    def _projected(self, x: Tensor) -> Memory:
        return Memory(self._split(self.W_K(x)), self._split(self.W_V(x)))

    def _split(self, x: Tensor) -> Tensor:
        """(B, T, d) → (B, H, T, d/H)."""
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)


def check_memory(name: str, memory: Memory, batch: int) -> None:
    """Raises ValueError unless ``memory`` is one of ``batch`` sentences."""
    check_kind(name, memory, Memory)
    if len(memory.keys) != batch:
        raise ValueError(f"{name} is of {len(memory.keys)} sentences, expected {batch} like x")


def _check(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, causal: bool) -> None:
    for name, vectors in (("query", query), ("key", key), ("value", value)):
        check_tensor(name, vectors)
        if vectors.dim() < 2:
            raise ValueError(f"{name} has shape {tuple(vectors.shape)}, expected (..., words, d)")
    check_floating("query", query)
    check_like("key", key, query, "query")
    check_like("value", value, query, "query")
    *batch, T, d_k = query.shape
    *batch_of_keys, S, d_of_keys = key.shape
    if (batch_of_keys, d_of_keys) != (batch, d_k):
        expected = ", ".join(str(size) for size in (*batch, "S", d_k))
        raise ValueError(f"key has shape {tuple(key.shape)}, expected ({expected}) like query")
    if value.shape[:-1] != key.shape[:-1]:
        expected = ", ".join(str(size) for size in (*batch, S, "d_v"))
        raise ValueError(f"value has shape {tuple(value.shape)}, expected ({expected}) like key")
    if mask is not None:
        _check_mask(mask, (*batch, T, S), query.device)
    if causal and mask is not None:
        raise ValueError("mask and causal are both given, expected one: join them by `&`")
    if causal and T != S:
        raise ValueError(f"causal is given for {T} queries and {S} keys, expected equal numbers")


def _check_mask(mask: Tensor, shape: tuple[int, ...], device: torch.device) -> None:
    check_tensor("mask", mask)
    check_device("mask", mask, device, "query")
    if mask.dtype != torch.bool:
        raise ValueError(f"mask has dtype {mask.dtype}, expected torch.bool (True: may look)")
    fits = 2 <= mask.dim() <= len(shape) and all(
        m in (1, s) for m, s in zip(reversed(mask.shape), reversed(shape), strict=False)
    )
    if not fits:
        raise ValueError(
            f"mask has shape {tuple(mask.shape)}, expected one that broadcasts to {shape}, "
            "(..., T, S), and has at least two dimensions"
        )
