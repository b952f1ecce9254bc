"""Answers to transformer.layer, right ones and such with bugs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_course.models.self_attention import attend

Weights = Mapping[str, Tensor]
Answer = Callable[[Weights, Tensor, Tensor, Tensor], Tensor]


def normalised(x: Tensor) -> Tensor:
    """Layer normalisation without gain and bias, as the text of the question has it."""
    return F.layer_norm(x, x.shape[-1:])


def layer_with(
    *,
    own: str = "tril",
    padding: bool = False,
    inverted: bool = False,
    past: str = "a",
    asks: str = "a",
    asked: str = "source",
    last: str = "c",
    own_matrices: str = "W",
    source_matrices: str = "U",
    normal_last: bool = True,
    relu: bool = True,
) -> Answer:
    """The layer, by default without a bug; x goes in, a, c and the result come of its parts.

    Args:
        own: what a word sees in self-attention: "tril", "triu", "all", "strict", which is "tril"
            without the diagonal, or "ahead", which is "tril" with the next word.
        padding: whether padding gets weight.
        inverted: whether padding alone gets weight.
        past: to what the attention to the source is added: "a", "x" or "nothing".
        asks: of what its queries are made: "a" or "x".
        asked: of what its keys and values are made: "source" or "target".
        last: to what the feed-forward network is added: "c" or "a".
        own_matrices, source_matrices: the letters of the two attentions' matrices.
        normal_last: whether the last sum is normalised.
        relu: whether the feed-forward network has one.
    """

    def layer(weights: Weights, x: Tensor, source: Tensor, source_mask: Tensor) -> Tensor:
        def heads(letter: str, asking: Tensor, others: Tensor, mask: Tensor) -> Tensor:
            Q, K, V = (weights[f"{letter}_{name}"] for name in "QKV")
            return attend(asking @ Q, others @ K, others @ V, mask)[0]

        every = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool)
        seen = {
            "tril": every.tril(),
            "triu": every.triu(),
            "all": every,
            "strict": every.tril(-1),
            "ahead": every.tril(1),
        }
        a = normalised(x + heads(own_matrices, x, x, seen[own]))

        mask = (source_mask | padding) ^ inverted
        others, mask = (source, mask[:, None]) if asked == "source" else (a, every)
        out = heads(source_matrices, {"a": a, "x": x}[asks], others, mask)
        c = normalised(out + {"a": a, "x": x, "nothing": torch.zeros_like(x)}[past])

        inner = c @ weights["W_1"]
        total = (inner.relu() if relu else inner) @ weights["W_2"] + {"c": c, "a": a}[last]
        return normalised(total) if normal_last else total

    return layer


layer = layer_with()
broken_layer = layer_with(own="triu", padding=True, past="x")  # as the learner is given it


# --- right, written otherwise -----------------------------------------------------------------


def by_hand(weights: Weights, x: Tensor, source: Tensor, source_mask: Tensor) -> Tensor:
    """Softmax and normalisation by themselves, products by einsum."""
    scale, places = x.shape[-1] ** -0.5, torch.arange(x.shape[1])

    def attention(letter: str, asking: Tensor, asked: Tensor, mask: Tensor) -> Tensor:
        query, key = asking @ weights[f"{letter}_Q"], asked @ weights[f"{letter}_K"]
        scores = torch.einsum("btd,bsd->bts", query, key) * scale
        share = scores.masked_fill(~mask, -torch.inf).softmax(-1)
        return torch.einsum("bts,bse,ed->btd", share, asked, weights[f"{letter}_V"])

    def norm(y: Tensor) -> Tensor:
        return (y - y.mean(-1, keepdim=True)) / (
            y.var(-1, correction=0, keepdim=True) + 1e-5
        ) ** 0.5

    x = norm(x + attention("W", x, x, places <= places[:, None]))
    x = norm(x + attention("U", x, source, source_mask[:, None]))
    return norm(x + torch.relu(x @ weights["W_1"]) @ weights["W_2"])


def minus_infinity(weights: Weights, x: Tensor, source: Tensor, source_mask: Tensor) -> Tensor:
    """Masks that are added to the scores; in double precision, not contiguous."""
    w = {name: matrix.double() for name, matrix in weights.items()}
    x, source = x.double(), source.double()
    barred = torch.full((x.shape[1],) * 2, -torch.inf, dtype=torch.float64).triu(1)
    padding = torch.zeros(source_mask.shape, dtype=torch.float64).masked_fill(~source_mask, -1e9)
    out = F.scaled_dot_product_attention(x @ w["W_Q"], x @ w["W_K"], x @ w["W_V"], barred)
    x = normalised(x + out)
    keys, values = source @ w["U_K"], source @ w["U_V"]
    x = normalised(x + F.scaled_dot_product_attention(x @ w["U_Q"], keys, values, padding[:, None]))
    return normalised(x + F.linear(F.relu(F.linear(x, w["W_1"].T)), w["W_2"].T)).mT.contiguous().mT


def sentence_by_sentence(
    weights: Weights, x: Tensor, source: Tensor, source_mask: Tensor
) -> Tensor:
    """Each word of each sentence by itself, and the padding cut off."""
    w, rows = weights, []
    for row, words in zip(x, (s[m] for s, m in zip(source, source_mask, strict=True)), strict=True):
        found = []
        for t, one in enumerate(row):
            before = row[: t + 1]
            share = (before @ w["W_K"] @ (one @ w["W_Q"]) * len(one) ** -0.5).softmax(0)
            a = normalised(one + share @ before @ w["W_V"])
            share = (words @ w["U_K"] @ (a @ w["U_Q"]) * len(one) ** -0.5).softmax(0)
            c = normalised(a + share @ words @ w["U_V"])
            found.append(normalised(c + (c @ w["W_1"]).clamp(min=0) @ w["W_2"]))
        rows.append(torch.stack(found))
    return torch.stack(rows)
