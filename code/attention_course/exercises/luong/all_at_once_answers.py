"""Answers to luong.all_at_once: right ones, and wrong ones in which a part is another."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_course.models.masks import masked_softmax


def slow_states(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    """The version that a learner is given: one target word after the other."""
    states = []
    for h in queries.unbind(1):  # h_t (B, n)
        scores = ((h @ W_a)[:, None] * annotations).sum(-1)  # (B, S)
        weights = masked_softmax(scores, mask)  # a_t (B, S)
        c = (weights[:, None] @ annotations)[:, 0]  # c_t (B, n)
        states.append(torch.tanh(torch.cat([c, h], dim=-1) @ W_c.T))  # h̃_t (B, n)
    return torch.stack(states, dim=1)


def all_states(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    """The reference."""
    return joined(contexts(queries, annotations, mask, W_a), queries, W_c).tanh()


def contexts(queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor) -> Tensor:
    return masked_softmax(scored(queries, annotations, W_a), mask[:, None]) @ annotations


def scored(queries: Tensor, annotations: Tensor, W_a: Tensor) -> Tensor:
    return queries @ W_a @ annotations.mT  # (B, T, S)


def joined(c: Tensor, h: Tensor, W_c: Tensor) -> Tensor:
    return torch.cat([c, h], dim=-1) @ W_c.T  # before the tanh (B, T, n)


# --- right, written otherwise -----------------------------------------------------------------


def einsum(queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor) -> Tensor:
    scores = torch.einsum("btn,nm,bsm->bts", queries, W_a, annotations)
    weights = scores.masked_fill(~mask[:, None], -torch.inf).softmax(-1)
    c = torch.einsum("bts,bsn->btn", weights, annotations)
    W_context, W_state = W_c.chunk(2, dim=1)  # instead of joining the two vectors
    return torch.tanh(c @ W_context.T + queries @ W_state.T)


def words_first(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    """Softmax over the first of (S, B, T); the result is not contiguous."""
    scores = (F.linear(annotations, W_a) @ queries.mT).permute(1, 0, 2)  # (S, B, T)
    weights = scores.masked_fill(~mask.T[..., None], -1e9).softmax(0)
    c = (weights[..., None] * annotations.transpose(0, 1)[:, :, None]).sum(0)  # (B, T, n)
    return F.linear(torch.cat([c, queries], -1).transpose(0, 1), W_c).tanh().transpose(0, 1)


def torch_attention(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    c = F.scaled_dot_product_attention(
        queries @ W_a, annotations, annotations, attn_mask=mask[:, None], scale=1.0
    )
    return torch.tanh(torch.cat([c, queries], dim=-1) @ W_c.T)


def double(queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor) -> Tensor:
    h, keys = queries.double(), annotations.double()
    scores = (h @ W_a.double() @ keys.mT).masked_fill(~mask[:, None], -1e300)
    c = scores.softmax(-1) @ keys
    return torch.tanh(torch.cat([c, h], dim=-1) @ W_c.double().T)


def mapped(queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor) -> Tensor:
    """Written for one word of one sentence, and mapped over both."""

    def one(h: Tensor, keys: Tensor, real: Tensor) -> Tensor:
        weights = (keys @ (h @ W_a)).masked_fill(~real, -1e9).softmax(0)
        return torch.tanh(W_c @ torch.cat([weights @ keys, h]))

    words = torch.vmap(one, in_dims=(0, None, None))
    return torch.vmap(words)(queries, annotations, mask)


# --- wrong ------------------------------------------------------------------------------------


def by_sentence(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    rows = zip(queries.split(1), annotations.split(1), mask.split(1), strict=True)
    return torch.cat([all_states(h, keys, real, W_a, W_c) for h, keys, real in rows])


def by_source_word(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    turned = queries @ W_a
    scores = torch.stack([(turned * h[:, None]).sum(-1) for h in annotations.unbind(1)], dim=-1)
    return joined(masked_softmax(scores, mask[:, None]) @ annotations, queries, W_c).tanh()


def through_lists(
    queries: Tensor, annotations: Tensor, mask: Tensor, W_a: Tensor, W_c: Tensor
) -> Tensor:
    scores = torch.from_numpy(scored(queries, annotations, W_a).numpy())
    return joined(masked_softmax(scores, mask[:, None]) @ annotations, queries, W_c).tanh()


def from_weights(weights: Tensor, queries: Tensor, annotations: Tensor, W_c: Tensor) -> Tensor:
    return joined(weights @ annotations, queries, W_c).tanh()
