"""Attention in heads: what it promises. Against what others wrote: test_self_attention_oracles."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from attention_course.models.positions import sinusoids
from attention_course.models.self_attention import Memory, MultiHeadAttention, attend, causal_mask
from torch import Tensor
from translators import shaken

B, H, T, S, D = 3, 2, 4, 5, 8
WORDS = torch.arange(S) < torch.tensor([5, 2, 3])[:, None]  # (B, S)
MASK = WORDS[:, None, None]  # (B, 1, 1, S)
both_ways = pytest.mark.parametrize("need_weights", [False, True])


def double(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def close(got: Tensor, expected: Tensor, atol: float = 1e-10) -> None:
    torch.testing.assert_close(got, expected, rtol=0, atol=atol)


def heads() -> MultiHeadAttention:
    made: MultiHeadAttention = shaken(MultiHeadAttention(D, H, bias=True))
    return made


# --- by hand ---


def test_a_head_by_hand() -> None:
    """The second head is the second half of the rows of W_Q, W_K, W_V, and of W_O's columns."""
    ours, x = heads(), double(1, T, D)
    out, weights = ours(x, need_weights=True)
    by_head = []
    for head in (slice(0, D // H), slice(D // H, D)):
        q, k, v = (
            x[0] @ linear.weight[head].T + linear.bias[head]
            for linear in (ours.W_Q, ours.W_K, ours.W_V)
        )
        shares = (q @ k.T / (D // H) ** 0.5).exp()
        shares = shares / shares.sum(1, keepdim=True)
        close(weights[0, len(by_head)], shares)
        by_head.append(shares @ v)
    close(out[0], torch.cat(by_head, dim=1) @ ours.W_O.weight.T + ours.W_O.bias)


# --- both ways, also where nothing may be seen ---


def test_both_ways_are_equal_in_single_precision() -> None:
    attention, x = MultiHeadAttention(32, 4), torch.randn(B, S, 32)
    for mask, causal in ((None, False), (MASK, False), (None, True)):
        fused, none = attention(x, mask=mask, causal=causal)
        explicit, weights = attention(x, mask=mask, causal=causal, need_weights=True)
        assert none is None
        assert weights.shape == (B, 4, S, S)
        close(fused, explicit, 1e-5)


@both_ways
@pytest.mark.parametrize("mixed", [False, True])
def test_a_row_that_may_look_nowhere(need_weights: bool, mixed: bool) -> None:
    """Zeros, and no NaN, forwards and backwards, in single and in mixed precision."""
    q, k, v = (torch.randn(B, H, n, 6, requires_grad=True) for n in (T, S, S))
    mask = torch.ones(B, 1, T, S, dtype=torch.bool)
    mask[1, :, 2] = False
    mask[2] = False
    with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        out, weights = attend(q, k, v, mask, need_weights=need_weights)
    assert out.isfinite().all()
    assert (out[1, :, 2] == 0).all()
    assert (out[2] == 0).all()
    assert (out[0] != 0).all()
    if weights is not None:
        assert (weights[2] == 0).all()
    out.float().square().sum().backward()
    for given in (q, k, v):
        assert given.grad.isfinite().all()
        assert (given.grad[2] == 0).all()
    assert (q.grad[1, :, 2] == 0).all()


@both_ways
def test_a_masked_word_is_nothing(need_weights: bool) -> None:
    ours, x = heads(), double(B, S, D)
    out, _ = ours(x, mask=MASK, need_weights=need_weights)
    other = torch.where(WORDS[..., None], x, 1e3)
    close(ours(other, mask=MASK, need_weights=need_weights)[0][WORDS], out[WORDS])


# --- order ---


def test_without_positions_order_is_not_seen() -> None:
    """Words moved: their results move with them. With positions added they do not."""
    ours, x, order = heads(), double(B, S, D), torch.tensor([3, 0, 4, 1, 2])
    close(ours(x[:, order])[0], ours(x)[0][:, order])
    places = sinusoids(torch.arange(S), D).double()
    moved, straight = ours(x[:, order] + places)[0], ours(x + places)[0][:, order]
    assert (moved - straight).abs().amax(-1).min() > 1e-2


@both_ways
def test_causal_sees_nothing_later(need_weights: bool) -> None:
    ours, x = heads(), double(B, T, D)
    out, _ = ours(x, causal=True, need_weights=need_weights)
    for t in range(T):
        (gradient,) = torch.autograd.grad(out[:, t].sum(), x, retain_graph=True)
        assert (gradient[:, t + 1 :] == 0).all()
        assert (gradient[:, : t + 1].abs().amax(-1) > 0).all()


# --- memory ---


def test_a_memory_that_grows_and_is_selected() -> None:
    ours, x = heads(), double(B, S, D)
    grown = ours.project(x[:, :2]).extended(ours.project(x[:, 2:]))
    whole, rows = ours.project(x), torch.tensor([2, 0, 2])
    assert torch.equal(grown.keys, whole.keys)
    assert torch.equal(grown.values, whole.values)
    close(ours(x[rows], grown.select(rows))[0], ours(x)[0][rows])


# --- dropout and the beginning ---


@both_ways
def test_weights_are_dropped_in_training_alone(need_weights: bool) -> None:
    attention, x = MultiHeadAttention(D, H, dropout=0.5), torch.randn(1, 200, D)
    first, _ = attention(x, need_weights=need_weights)
    again, weights = attention(x, need_weights=need_weights)
    assert not torch.equal(first, again)
    if weights is not None:
        close(weights.sum(-1), torch.ones(1, H, 200), 1e-5)  # shown before they are dropped
    attention.eval()
    assert torch.equal(attention(x)[0], attention(x)[0])


def test_each_matrix_is_drawn_by_itself() -> None:
    """√(6 / 2d) for each; as torch packs three into one, it would be √(6 / 4d)."""
    attention = MultiHeadAttention(64, 4, bias=True)
    for linear in (attention.W_Q, attention.W_K, attention.W_V, attention.W_O):
        assert linear.weight.abs().max().item() == pytest.approx((6 / 128) ** 0.5, rel=0.01)
        assert (linear.bias == 0).all()


# --- bad input ---

GOOD = torch.zeros(B, T, D)
BAD_MASKS = [
    (WORDS, r"mask has shape (3, 5), expected one that broadcasts to (3, 2, 4, 5)"),
    (torch.tensor(True), "mask has shape (), expected"),
    (WORDS.new_ones(H, T, S), "mask has shape (2, 4, 5), expected (T, S) or four dimensions"),
    (WORDS.new_ones(S), "mask has shape (5,), expected one that broadcasts to"),
    (WORDS.new_ones(0, S), "mask has shape (0, 5), expected"),
    (WORDS.new_ones(1, B, H, T, S), "mask has shape (1, 3, 2, 4, 5), expected"),
    (torch.ones(T, S), "mask has dtype torch.float32, expected torch.bool (True: may look)"),
    ([[True]], "mask is a list, expected a torch.Tensor"),
]


@both_ways
@pytest.mark.parametrize(("mask", "message"), BAD_MASKS)
def test_bad_masks(need_weights: bool, mask: Any, message: str) -> None:
    attention = MultiHeadAttention(D, H)
    memory = attention.project(torch.zeros(B, S, D))
    with pytest.raises(ValueError, match=re.escape(message)):
        attention(GOOD, memory, mask, need_weights=need_weights)


@both_ways
@pytest.mark.parametrize(
    ("query", "key", "value", "options", "message"),
    [
        ((6,), (S, 6), (S, 6), {}, "query has shape (6,), expected (..., words, d)"),
        ((T, 6), (S, 7), (S, 6), {}, "key has shape (5, 7), expected (S, 6) like query"),
        ((T, 6), (B, S, 6), (B, S, 6), {}, "key has shape (3, 5, 6), expected (S, 6) like"),
        ((T, 6), (S, 6), (T, 6), {}, "value has shape (4, 6), expected (5, d_v) like key"),
        ((T, 6), (S, 6), (S, 6), {"causal": True}, "causal is given for 4 queries and 5 keys"),
        (
            (S, 6),
            (S, 6),
            (S, 6),
            {"causal": True, "mask": WORDS.new_ones(S, S)},
            "mask and causal are both given, expected one",
        ),
    ],
)
def test_what_does_not_fit_together(
    need_weights: bool, query: Any, key: Any, value: Any, options: Any, message: str
) -> None:
    given = torch.zeros(query), torch.zeros(key), torch.zeros(value)
    with pytest.raises(ValueError, match=re.escape(message)):
        attend(*given, **options, need_weights=need_weights)


@both_ways
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": GOOD.double()}, "key has dtype torch.float64, expected torch.float32 like query"),
        ({"value": GOOD.half()}, "value has dtype torch.float16, expected torch.float32 like"),
        ({"key": GOOD.to("meta")}, "key is on the device meta, expected cpu like query"),
        ({"mask": WORDS.new_ones(T, T).to("meta")}, "mask is on the device meta, expected cpu"),
        ({"dropout": -0.1}, "dropout is -0.1, expected a share from 0 to below 1"),
        ({"dropout": 1.5}, "dropout is 1.5, expected a share from 0 to below 1"),
        ({"dropout": "0.1"}, "dropout is '0.1', expected a number"),
    ],
)
def test_what_is_unlike_the_rest(need_weights: bool, change: Any, message: str) -> None:
    given = {"query": GOOD, "key": GOOD, "value": GOOD, **change}
    with pytest.raises(ValueError, match=re.escape(message)):
        attend(**given, need_weights=need_weights)


@both_ways
def test_autocast_brings_dtypes_together(need_weights: bool) -> None:
    attention = MultiHeadAttention(D, H)
    memory = attention.project(torch.randn(B, S, D))  # in single precision
    with torch.autocast("cpu"):
        out, _ = attention(torch.randn(B, T, D), memory, need_weights=need_weights)
    assert out.dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MultiHeadAttention(10, 4), "d is 10 and heads is 4, expected d to be a multiple"),
        (lambda: MultiHeadAttention(8, 0), "heads is 0, expected an integer of at least 1"),
        (lambda: MultiHeadAttention(8, 2, dropout=1.0), "dropout is 1.0, expected a share"),
        (lambda: MultiHeadAttention(8, 2)(torch.zeros(T, 8)), "x has shape (4, 8), expected (B,"),
        (lambda: MultiHeadAttention(8, 2)(torch.zeros(1, 0, 8)), "x has shape (1, 0, 8), expected"),
        (
            lambda: MultiHeadAttention(8, 2).project(torch.zeros(1, T, 6)),
            "x has shape (1, 4, 6): 6 numbers each, expected 8",
        ),
        (
            lambda: MultiHeadAttention(8, 2)(GOOD, Memory(*torch.zeros(2, 1, 2, S, 4))),
            "memory is of 1 sentences, expected 3 like x",
        ),
        (
            lambda: MultiHeadAttention(8, 2)(GOOD, GOOD),
            "memory is a torch.Tensor, expected a Memory",
        ),
        (
            lambda: MultiHeadAttention(8, 2)(GOOD.double()),
            "x has dtype torch.float64, expected torch.float32 like the weights",
        ),
        (
            lambda: MultiHeadAttention(8, 2).project(GOOD.double()),
            "x has dtype torch.float64, expected torch.float32 like the weights",
        ),
        (
            lambda: attend(GOOD.long(), GOOD, GOOD),
            "query has dtype torch.int64, expected floating-point numbers",
        ),
        (lambda: causal_mask(-1), "length is -1, expected an integer of at least 0"),
        (lambda: causal_mask(2.5), "length is 2.5, expected an integer of at least 0"),
    ],
)
def test_bad_input(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
