"""Pointers and the four stages of a Neural Turing Machine's address, with a pencil and by law."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import torch
from attention_course.models.addressing import (
    Pointer,
    address,
    by_content,
    interpolated,
    sharpened,
    shifted,
)
from attention_course.models.scores import Cosine
from hypothesis import given, settings
from hypothesis import strategies as st
from translators import shaken

B, N, M = 2, 5, 3
SEEDS = st.integers(0, 999)


def double(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64)


def shares(*shape: int) -> torch.Tensor:
    return double(*shape).softmax(-1)


def close(got: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)


# --- pointers ---


def test_a_pointer_by_its_equation() -> None:
    pointer = shaken(Pointer(2, 3, 4))
    d, e = double(2), double(4, 3)
    w = pointer.score.alignment_model
    u = [(w.v_a @ torch.tanh(w.U_a.weight @ e_j + w.W_a.weight @ d)).item() for e_j in e[:3]]
    total = sum(math.exp(u_j) for u_j in u)
    mask = torch.tensor([[True, True, True, False]])
    p = pointer(d[None], pointer.project(e[None]), mask)
    assert p[0].tolist() == pytest.approx([*(math.exp(u_j) / total for u_j in u), 0])


def test_a_pointer_learns_to_point_at_the_largest() -> None:
    """Of as many numbers as there are: trained on 5, tested on 8."""
    torch.manual_seed(0)
    pointer = Pointer(1, 1, 8)
    adam = torch.optim.Adam(pointer.parameters(), 0.05)

    def point(numbers: torch.Tensor) -> torch.Tensor:
        rows, places = numbers.shape
        mask = torch.ones(rows, places, dtype=torch.bool)
        return pointer(torch.ones(rows, 1), pointer.project(numbers[..., None]), mask)

    for _ in range(150):
        numbers = torch.rand(64, 5)
        loss = -point(numbers).gather(1, numbers.argmax(1)[:, None]).log().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
    numbers = torch.rand(500, 8)
    assert (point(numbers).argmax(1) == numbers.argmax(1)).float().mean() > 0.95


# --- Neural Turing Machines ---


def test_content_is_the_softmax_of_the_cosine_score() -> None:
    memory, key = double(B, N, M), double(B, M)
    score = Cosine(M, M, beta=3.0)
    expected = score(key, score.project(memory)).softmax(-1)
    close(by_content(key, memory, torch.full((B,), 3.0, dtype=torch.float64)), expected)


def test_no_strength_is_no_preference() -> None:
    zero = torch.zeros(B, dtype=torch.float64)
    even = torch.full((B, N), 1 / N, dtype=torch.float64)
    close(by_content(double(B, M), double(B, N, M), zero), even)


@pytest.mark.parametrize(
    ("gate", "expected"), [(1.0, [1, 0, 0]), (0.0, [0, 0, 1]), (0.25, [0.25, 0, 0.75])]
)
def test_the_gate(gate: float, expected: list[float]) -> None:
    content, previous = torch.tensor([[1.0, 0, 0]]), torch.tensor([[0, 0, 1.0]])
    assert interpolated(content, previous, torch.tensor([gate])).tolist() == [expected]


def test_shifting_with_a_pencil() -> None:
    """All weight on the last of four: a step of +1 comes out at the first, one of -1 before it."""
    w = torch.tensor([[0, 0, 0, 1.0]])
    assert shifted(w, torch.tensor([[0, 0, 1.0]])).tolist() == [[1, 0, 0, 0]]
    assert shifted(w, torch.tensor([[1.0, 0, 0]])).tolist() == [[0, 0, 1, 0]]
    assert shifted(w, torch.tensor([[0.25, 0.5, 0.25]])).tolist() == [[0.25, 0, 0.25, 0.5]]


@settings(deadline=None, max_examples=25)
@given(st.integers(3, 8), st.integers(0, 2), SEEDS)
def test_shifting_is_a_circular_convolution(places: int, K: int, seed: int) -> None:
    """Against the sum over j, and against the product of the Fourier transforms."""
    torch.manual_seed(seed)
    w, shift = shares(B, places), shares(B, 2 * K + 1)
    got = shifted(w, shift)
    s = torch.zeros(B, places, dtype=torch.float64)  # s_t(i), i modulo N
    for step in range(-K, K + 1):
        s[:, step % places] += shift[:, step + K]
    for i in range(places):
        close(got[:, i], sum(w[:, j] * s[:, (i - j) % places] for j in range(places)))
    close(got, torch.fft.ifft(torch.fft.fft(w) * torch.fft.fft(s)).real)


def test_sharpening_with_a_pencil() -> None:
    got = sharpened(torch.tensor([[0.2, 0.8]]), torch.tensor([2.0]))
    assert got[0].tolist() == pytest.approx([1 / 17, 16 / 17])


@settings(deadline=None, max_examples=25)
@given(SEEDS)
def test_addresses_are_shares(seed: int) -> None:
    torch.manual_seed(seed)
    memory, previous = double(B, N, M), shares(B, N)
    emitted: dict[str, Any] = {
        "key": double(B, M),
        "beta": double(B).exp(),
        "gate": double(B).sigmoid(),
        "shift": shares(B, 3),
        "gamma": 1 + double(B).exp(),
    }
    w = address(memory, previous, **emitted)
    assert (w >= 0).all()
    close(w.sum(-1), torch.ones(B, dtype=torch.float64))
    order = [1, 0]
    moved = address(memory[order], previous[order], **{k: v[order] for k, v in emitted.items()})
    close(moved, w[order])


def test_a_head_that_walks() -> None:
    """Find a key once, then step to the right, whatever the memory holds: four stages together."""
    memory = torch.eye(4)[None]
    to_next, stay = torch.tensor([[0, 0, 1.0]]), torch.tensor([[0, 1.0, 0]])
    strong, one, zero = torch.tensor([50.0]), torch.ones(1), torch.zeros(1)
    w = torch.full((1, 4), 0.25)
    w = address(memory, w, key=memory[:, 2], beta=strong, gate=one, shift=stay, gamma=one)
    visited = [int(w.argmax())]
    for _ in range(3):
        w = address(memory, w, key=memory[:, 0], beta=strong, gate=zero, shift=to_next, gamma=one)
        visited.append(int(w.argmax()))
    assert visited == [2, 3, 0, 1]
    assert w.max() > 0.999


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": torch.zeros(B, M + 1)}, "key has shape (2, 4): 4 numbers each, expected 3"),
        ({"memory": torch.zeros(N, M)}, "memory has shape (5, 3), expected (B, N, M)"),
        ({"beta": torch.tensor([1.0, -1.0])}, "beta is [1.0, -1.0], expected numbers at least 0"),
        ({"beta": torch.ones(3)}, "beta has shape (3,), expected (2,)"),
        ({"beta": [1.0, 1.0]}, "beta is a list, expected a torch.Tensor"),
        ({"memory": [[1.0]]}, "memory is a list, expected a torch.Tensor"),
        ({"key": torch.ones(3, M)}, "key has shape (3, 3): 3 sentences, expected 2 like memory"),
        ({"previous": torch.ones(B, N + 1)}, "w_previous has shape (2, 6): 6 numbers each, expect"),
        ({"previous": torch.ones(1, N)}, "w_previous has shape (1, 5): 1 sentences, expected 2"),
        ({"shift": None}, "shift is a NoneType, expected a torch.Tensor"),
        ({"gate": torch.tensor([0.5, 1.5])}, "gate is [0.5, 1.5], expected numbers from 0 to 1"),
        ({"shift": torch.ones(B, 2)}, "shift has shape (2, 2), expected (2, 2K + 1)"),
        ({"gamma": torch.tensor([1.0, 0.5])}, "gamma is [1.0, 0.5], expected numbers at least 1"),
    ],
)
def test_bad_input(change: dict[str, torch.Tensor], message: str) -> None:
    good: dict[str, Any] = {
        "memory": torch.ones(B, N, M), "previous": torch.full((B, N), 1 / N),
        "key": torch.ones(B, M), "beta": torch.ones(B), "gate": torch.ones(B),
        "shift": torch.ones(B, 3) / 3, "gamma": torch.ones(B),
    }  # fmt: skip
    with pytest.raises(ValueError, match=re.escape(message)):
        address(**{**good, **change})
