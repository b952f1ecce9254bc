"""Positions: the formula, what it promises, and that they run along time."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import torch
from attention_course.models.positions import Learned, Nowhere, Sinusoidal, sinusoids
from attention_course.models.transformer import Transformer
from attention_course.models.universal_transformer import UniversalTransformer, signal
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor


def close(got: Tensor, expected: Tensor, atol: float = 1e-6) -> None:
    torch.testing.assert_close(got, expected, rtol=0, atol=atol)


# --- sinusoids ---


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 5000), st.sampled_from([2, 6, 64]), st.sampled_from([10_000.0, 50.0]))
def test_the_formula(position: int, d: int, base: float) -> None:
    expected = []
    for i in range(d // 2):
        angle = position / base ** (2 * i / d)
        expected += [math.sin(angle), math.cos(angle)]
    close(sinusoids(torch.tensor(position), d, base), torch.tensor(expected))


def test_positions_of_any_shape() -> None:
    positions = torch.tensor([[3, 0, 7], [1, 2, 900_000]])
    vectors = sinusoids(positions, 8)
    assert vectors.shape == (2, 3, 8)
    assert vectors.dtype == torch.float32
    close(vectors[1, 2], sinusoids(torch.tensor(900_000.0), 8))


@pytest.mark.parametrize("k", [1, 7, 100])
def test_a_step_of_k_is_one_matrix_for_all_positions(k: int) -> None:
    """PE(pos + k) is linear in PE(pos): each pair turns by an angle that depends on k alone."""
    d, positions = 16, torch.arange(200)
    turn = torch.zeros(d, d)
    for i in range(0, d, 2):
        angle = k / 10_000 ** (i / d)
        sine, cosine = math.sin(angle), math.cos(angle)
        turn[i : i + 2, i : i + 2] = torch.tensor([[cosine, sine], [-sine, cosine]])
    close(sinusoids(positions, d) @ turn.T, sinusoids(positions + k, d), 1e-5)


def test_all_are_equally_long() -> None:
    close(sinusoids(torch.arange(50), 24).norm(dim=-1), torch.full((50,), math.sqrt(12)), 1e-5)


# --- modules ---


def test_sinusoidal_has_nothing_to_learn() -> None:
    assert not list(Sinusoidal(8).parameters())
    close(Sinusoidal(8, base=50.0)(torch.arange(4)), sinusoids(torch.arange(4), 8, 50.0))


def test_learned_is_a_row_for_each_position() -> None:
    positions, learned = torch.tensor([[2, 0], [4, 2]]), Learned(6, 5)
    vectors = learned(positions)
    assert torch.equal(vectors, learned.E.weight[positions])
    vectors.sum().backward()
    assert learned.E.weight.grad is not None
    assert learned.E.weight.grad[:, 0].tolist() == [1, 0, 2, 0, 1]


def test_nowhere_is_zero() -> None:
    assert torch.equal(Nowhere(6)(torch.arange(4)), torch.zeros(4, 6))


# --- in the models ---

SIZES = {"d": 64, "heads": 4, "d_ff": 64}


@pytest.mark.parametrize("positions", ["sinusoidal", "learned"])
def test_words_and_positions_are_about_equally_loud_at_the_beginning(positions: Any) -> None:
    """With torch's own N(0, 1), times √d, the words of d = 64 would be 11 times as loud."""
    model = Transformer(50, 50, **SIZES, layers=1, positions=positions)
    words = model.E_source(torch.arange(50)[None]).square().mean().sqrt()
    places = model.positions(torch.arange(50)).square().mean().sqrt()
    assert 1 < words / places < 2


def test_words_and_signals_are_about_equally_loud_at_the_beginning() -> None:
    model = UniversalTransformer(50, 50, **SIZES)
    words = model.E_target(torch.arange(50)[None]).square().mean().sqrt()
    assert 0.5 < words / signal(sinusoids(torch.arange(50), 64), 1).square().mean().sqrt() < 2


@pytest.mark.parametrize(
    "model",
    [
        Transformer(9, 9, **SIZES, layers=1),
        Transformer(9, 9, **SIZES, layers=1, positions="learned", max_length=6),
        UniversalTransformer(9, 9, **SIZES, steps=2),
    ],
    ids=["sinusoidal", "learned", "universal"],
)
def test_positions_run_along_time_and_not_along_the_batch(model: Any) -> None:
    """The same word five times, in three sentences: words differ by place, sentences do not."""
    ids = torch.full((3, 5), 4)
    logits, _ = model.eval()(ids, torch.ones_like(ids, dtype=torch.bool), ids)
    close(logits, logits[:1].expand_as(logits), 1e-5)
    assert (logits[0, 1:] - logits[0, :-1]).abs().amax(-1).min() > 1e-3


# --- bad input ---


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sinusoids(torch.arange(3), 7), "d is 7, expected an even number"),
        (lambda: Sinusoidal(7), "d is 7, expected an even number"),
        (lambda: Sinusoidal(0), "d is 0, expected an integer of at least 1"),
        (lambda: Sinusoidal(8, base=1.0), "base is 1.0, expected a number above 1"),
        (lambda: Learned(8, 0), "max_length is 0, expected an integer of at least 1"),
        (
            lambda: Learned(8, 5)(torch.arange(6)),
            "position 5 has no vector: expected positions from 0 to 4, max_length=5",
        ),
        (lambda: Learned(8, 5)(torch.tensor([-1])), "position -1 has no vector"),
        (
            lambda: Learned(8, 5)(torch.arange(3.0)),
            "positions is torch.float32 of shape (3,), expected torch.int64, not empty",
        ),
        (
            lambda: Learned(8, 5)(torch.arange(0)),
            "positions is torch.int64 of shape (0,), expected torch.int64, not empty",
        ),
        (lambda: Learned(8, 5)([1, 2]), "positions is a list, expected a torch.Tensor"),
        (lambda: Nowhere(8)([1, 2]), "positions is a list, expected a torch.Tensor"),
        (lambda: sinusoids([1, 2], 8), "positions is a list, expected a torch.Tensor"),
        (lambda: sinusoids(torch.arange(3), 8, "50"), "base is '50', expected a number"),
        (lambda: sinusoids(torch.arange(3), 8, math.nan), "base is nan, expected a number"),
        (lambda: signal([1.0], 2), "places is a list, expected a torch.Tensor"),
    ],
)
def test_bad_arguments(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(("source", "target"), [(7, 3), (3, 7)])
def test_a_sentence_longer_than_learned_positions_hold(source: int, target: int) -> None:
    model = Transformer(9, 9, **SIZES, layers=1, positions="learned", max_length=6)
    source_ids, target_ids = torch.ones(1, source).long(), torch.ones(1, target).long()
    with pytest.raises(ValueError, match=r"position 6 has no vector: .* max_length=6"):
        model(source_ids, source_ids == 1, target_ids)


def test_a_step_beyond_learned_positions() -> None:
    model = Transformer(9, 9, **SIZES, layers=1, positions="learned", max_length=2)
    ids = torch.ones(1, 2).long()
    state = model.start(ids, ids == 1)
    for _ in range(2):
        _, _, state = model.step(ids[:, 0], state)
    with pytest.raises(ValueError, match="position 2 has no vector"):
        model.step(ids[:, 0], state)
