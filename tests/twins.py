"""Our layers and somebody else's, parameter by parameter: the same weights, the same gradients.

A pair is one of our parameters, one of theirs, and the view of theirs that has our shape: a few
rows of a packed matrix, a transposed one. It serves the weights and the gradients alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from attention_course.models.self_attention import MultiHeadAttention
from attention_course.models.transformer_layers import AddNorm, FeedForward
from torch import Tensor, nn

View = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Pair:
    ours: nn.Parameter
    theirs: nn.Parameter
    view: View = lambda theirs: theirs


def copy(pairs: Iterable[Pair]) -> None:
    """Gives theirs our weights."""
    for pair in pairs:
        pair.view(pair.theirs.data).copy_(pair.ours.data)


def same_gradients(pairs: Iterable[Pair], atol: float = 1e-10) -> None:
    for pair in pairs:
        assert pair.theirs.grad is not None
        torch.testing.assert_close(pair.ours.grad, pair.view(pair.theirs.grad), rtol=0, atol=atol)


def affine(ours: Any, theirs: Any) -> list[Pair]:
    """Weight and bias of two nn.Linear or two nn.LayerNorm; theirs is zero where ours has none."""
    if ours.bias is None:
        assert (theirs.bias == 0).all()
        return [Pair(ours.weight, theirs.weight)]
    return [Pair(ours.weight, theirs.weight), Pair(ours.bias, theirs.bias)]


# --- torch's own ---


def attention(ours: MultiHeadAttention, theirs: nn.MultiheadAttention) -> list[Pair]:
    pairs = affine(ours.W_O, theirs.out_proj)
    for part, linear in enumerate((ours.W_Q, ours.W_K, ours.W_V)):

        def rows(packed: Tensor, part: int = part) -> Tensor:
            return packed.chunk(3)[part]

        pairs.append(Pair(linear.weight, theirs.in_proj_weight, rows))
        if linear.bias is None:
            assert (theirs.in_proj_bias == 0).all()
        else:
            pairs.append(Pair(linear.bias, theirs.in_proj_bias, rows))
    return pairs


def feed_forward(ours: FeedForward, theirs: Any) -> list[Pair]:
    return affine(ours.W_1, theirs.linear1) + affine(ours.W_2, theirs.linear2)


def norm(ours: AddNorm, theirs: nn.LayerNorm) -> list[Pair]:
    return affine(ours.norm, theirs)


def encoder_layer(ours: Any, theirs: nn.TransformerEncoderLayer) -> list[Pair]:
    return [
        *attention(ours.attention, theirs.self_attn),
        *feed_forward(ours.feed_forward, theirs),
        *norm(ours.around_attention, theirs.norm1),
        *norm(ours.around_feed_forward, theirs.norm2),
    ]


def decoder_layer(ours: Any, theirs: nn.TransformerDecoderLayer) -> list[Pair]:
    return [
        *attention(ours.attention, theirs.self_attn),
        *attention(ours.cross_attention, theirs.multihead_attn),
        *feed_forward(ours.feed_forward, theirs),
        *norm(ours.around_attention, theirs.norm1),
        *norm(ours.around_cross_attention, theirs.norm2),
        *norm(ours.around_feed_forward, theirs.norm3),
    ]
