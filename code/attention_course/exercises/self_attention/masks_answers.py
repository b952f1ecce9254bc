"""Answers to self_attention.masks, right ones and such with bugs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from attention_course.models.masks import masked_softmax

Answer = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]


def written_with(
    *,
    ahead: int = 0,
    later: bool = False,
    barring: str = "keys",
    join: str = "and",
    opposite: bool = False,
    softmax: Callable[[Tensor, Tensor], Tensor] = masked_softmax,
    scaled: bool = True,
) -> Answer:
    """The layer, by default without a bug.

    Args:
        ahead: how many words ahead a word may see.
        later: whether it sees those after it instead of those before.
        barring: where padding is barred: as "keys", as "queries", as "both", or "nowhere";
            "words" are barred instead.
        join: how the two masks are joined: "and", "or", or "padding" alone.
        opposite: whether the mask is handed on the other way round.
        softmax: makes weights of scores and mask, (B, T, T) each.
        scaled: whether scores are divided by √d_k.
    """

    def answer(x: Tensor, real: Tensor, W_Q: Tensor, W_K: Tensor, W_V: Tensor) -> Tensor:
        Q, K, V = x @ W_Q, x @ W_K, x @ W_V
        square = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool)
        so_far = square.triu(-ahead) if later else square.tril(ahead)
        keys, queries = real[:, None], real[:, :, None]
        padding = {
            "keys": keys,
            "queries": queries,
            "both": keys & queries,
            "nowhere": torch.ones_like(keys),
            "words": ~keys,
        }[barring]
        mask = {"and": padding & so_far, "or": padding | so_far, "padding": padding}[join]
        mask = mask.expand(-1, x.shape[1], -1) ^ opposite
        scores = Q @ K.mT / (K.shape[-1] ** 0.5 if scaled else 1.0)
        return softmax(scores, mask) @ V

    return answer


written_so_far = written_with()  # the reference
broken_layer = written_with(ahead=1, barring="queries", join="or")  # as the learner is given it


# --- right, written otherwise -----------------------------------------------------------------


def word_by_word(x: Tensor, real: Tensor, W_Q: Tensor, W_K: Tensor, W_V: Tensor) -> Tensor:
    """With loops, over the words that may be seen alone."""
    rows = []
    for words, is_real in zip(x, real, strict=True):
        for t in range(len(words)):
            seen = words[: t + 1][is_real[: t + 1]]
            scores = (seen @ W_K) @ (words[t] @ W_Q) / W_K.shape[1] ** 0.5
            rows.append(scores.softmax(0) @ (seen @ W_V))
    return torch.stack(rows).view(*x.shape[:2], -1)


def by_positions(x: Tensor, real: Tensor, W_Q: Tensor, W_K: Tensor, W_V: Tensor) -> Tensor:
    """Positions compared; what is barred gets a score so low that it is nothing."""
    place = torch.arange(x.shape[1])
    mask = (place <= place[:, None]) * real.unsqueeze(1)
    scores = torch.einsum("btd,bsd->bts", x @ W_Q, x @ W_K) / W_Q.shape[1] ** 0.5
    weights = torch.where(mask, scores, -1e9).softmax(dim=2) * mask
    return torch.bmm(weights, x @ W_V)


def fused(x: Tensor, real: Tensor, W_Q: Tensor, W_K: Tensor, W_V: Tensor) -> Tensor:
    """With PyTorch's own attention, in double precision."""
    query, key, value = (x.double() @ W.double() for W in (W_Q, W_K, W_V))
    barred = ~real[:, None] | torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
    return torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=~barred)


# --- wrong ------------------------------------------------------------------------------------


def without_a_dimension(x: Tensor, real: Tensor, W_Q: Tensor, W_K: Tensor, W_V: Tensor) -> Tensor:
    """real (B, T) beside the causal mask (T, T)."""
    scores = (x @ W_Q) @ (x @ W_K).mT / W_K.shape[1] ** 0.5
    mask = real & torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
    return masked_softmax(scores, mask) @ (x @ W_V)


def padding_of_zeros(x: Tensor, real: Tensor, W_Q: Tensor, W_K: Tensor, W_V: Tensor) -> Tensor:
    """No mask for padding, whose vectors are zeros instead."""
    return written_with(barring="nowhere")(x * real[..., None], real, W_Q, W_K, W_V)


def cut_afterwards(scores: Tensor, mask: Tensor) -> Tensor:
    """The mask after the softmax."""
    return scores.softmax(-1) * mask


def over_the_queries(scores: Tensor, mask: Tensor) -> Tensor:
    """A softmax along the columns."""
    return masked_softmax(scores, mask, dim=1)


def low_scores(scores: Tensor, mask: Tensor) -> Tensor:
    """What is barred has a score so low that it counts only where all scores are."""
    return scores.masked_fill(~mask, -1e9).softmax(-1)


def scores_of_zero(scores: Tensor, mask: Tensor) -> Tensor:
    """What is barred has a score of 0."""
    return (scores * mask).softmax(-1)


def not_a_number(scores: Tensor, mask: Tensor) -> Tensor:
    """NaN where nothing may be seen."""
    return scores.masked_fill(~mask, -torch.inf).softmax(-1)
