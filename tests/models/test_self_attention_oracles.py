"""Attention in heads against what others wrote: torch's and Keras's."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "torch"  # Keras reads it when it is imported

import keras
import pytest
import torch
import torch.nn.functional as F
import twins
from attention_course.models.self_attention import MultiHeadAttention, attend, causal_mask
from torch import Tensor, nn
from translators import close, shaken

B, H, T, S, D = 3, 2, 4, 5, 8
WORDS = torch.arange(S) < torch.tensor([5, 2, 3])[:, None]  # (B, S)
MASK = WORDS[:, None, None]  # (B, 1, 1, S)
both_ways = pytest.mark.parametrize("need_weights", [False, True])


def double(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def heads() -> MultiHeadAttention:
    made: MultiHeadAttention = shaken(MultiHeadAttention(D, H, bias=True))
    return made


def nearly(got: Tensor, expected: Tensor, atol: float = 1e-5) -> None:
    torch.testing.assert_close(got, expected.to(got.dtype), rtol=0, atol=atol)


@both_ways
@pytest.mark.parametrize("mask", [None, MASK, WORDS.new_ones(T, S).tril(1)])
def test_attend_is_scaled_dot_product_attention(need_weights: bool, mask: Tensor | None) -> None:
    """Values of another size than the keys', so that neither can be taken for the other."""
    given = double(B, H, T, 6), double(B, H, S, 6), double(B, H, S, 3)
    out, weights = attend(*given, mask, need_weights=need_weights)
    expected = F.scaled_dot_product_attention(*given, attn_mask=mask)
    close(out, expected)
    if weights is not None:
        close(weights @ given[2], expected)
    into = torch.randn_like(out)
    got = torch.autograd.grad(out, given, into)
    for gradient, theirs in zip(got, torch.autograd.grad(expected, given, into), strict=True):
        close(gradient, theirs)


@both_ways
def test_causal_is_that_of_scaled_dot_product_attention(need_weights: bool) -> None:
    given = double(B, H, T, 6), double(B, H, T, 6), double(B, H, T, 3)
    out, weights = attend(*given, causal=True, need_weights=need_weights)
    close(out, F.scaled_dot_product_attention(*given, is_causal=True))
    close(out, attend(*given, causal_mask(T))[0])
    if weights is not None:
        assert (weights.triu(1) == 0).all()


@both_ways
@pytest.mark.parametrize("of_itself", [True, False])
def test_the_heads_are_torchs(need_weights: bool, of_itself: bool) -> None:
    """Their boolean mask is True where one may not look."""
    ours, theirs = heads(), nn.MultiheadAttention(D, H, batch_first=True).double()
    pairs = twins.attention(ours, theirs)
    twins.copy(pairs)
    x = double(B, S, D)
    asked = x if of_itself else double(B, S, D)
    memory = None if of_itself else ours.project(asked)
    out, weights = ours(x, memory, MASK, need_weights=need_weights)
    expected, their_weights = theirs(
        x, asked, asked, key_padding_mask=~WORDS, average_attn_weights=False
    )
    close(out, expected)
    if weights is not None:
        close(weights, their_weights)
    into = torch.randn_like(out)
    out.backward(into)
    expected.backward(into)
    twins.same_gradients(pairs)


def test_the_heads_are_those_of_keras() -> None:
    """Keras keeps a matrix as (d, H, d_k), and the last as (H, d_v, d).

    Its torch backend does some of its products in single precision, asked or not.
    """
    ours, x, asked = heads(), double(B, T, D), double(B, S, D)
    theirs = keras.layers.MultiHeadAttention(H, D // H, dtype="float64")
    theirs.build(tuple(x.shape), tuple(asked.shape))
    pairs = [
        twins.Pair(ours.W_O.weight, theirs._output_dense.kernel.value, lambda w: w.flatten(0, 1).T),
        twins.Pair(ours.W_O.bias, theirs._output_dense.bias.value),
    ]
    for linear, dense in (
        (ours.W_Q, theirs._query_dense),
        (ours.W_K, theirs._key_dense),
        (ours.W_V, theirs._value_dense),
    ):
        pairs.append(twins.Pair(linear.weight, dense.kernel.value, lambda w: w.flatten(1).T))
        pairs.append(twins.Pair(linear.bias, dense.bias.value, torch.flatten))
    twins.copy(pairs)
    out, weights = ours(x, ours.project(asked), MASK, need_weights=True)
    expected, their_weights = theirs(
        x, asked, attention_mask=WORDS[:, None], return_attention_scores=True
    )
    nearly(out, expected)
    nearly(weights, their_weights)
    into = torch.randn_like(out)
    out.backward(into)
    expected.backward(into.to(expected.dtype))
    twins.same_gradients(pairs, 1e-5)
