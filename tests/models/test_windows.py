"""The windows: where they lie, what they weigh, and that they stay within the sentence."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import torch
from attention_course.models.masks import masked_softmax
from attention_course.models.windows import WINDOWS, Align, gaussian, inside
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from translators import shaken

LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=4)
LOCAL = [("local-m", False), ("local-p", False), ("local-p", True)]
local = pytest.mark.parametrize(("window", "renormalise"), LOCAL)


def double(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64)


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)


def mask_of(lengths: list[int], extra: int = 0) -> Tensor:
    return torch.arange(max(lengths) + extra) < torch.tensor(lengths)[:, None]


def pointing_at(shares: list[float], D: int, renormalise: bool = False) -> tuple[Align, Tensor]:
    """local-p and queries for which p_t is these shares of the sentence's length."""
    align = Align(1, "local-p", D, renormalise).double()
    with torch.no_grad():
        align.W_p.weight.fill_(1.0)
        align.v_p.weight.fill_(100.0)  # σ(100 tanh(h)): any share for a small h
    z = torch.logit(torch.tensor(shares, dtype=torch.float64))
    return align, torch.atanh(z / 100)[:, None]


# --- with a pencil ---


def test_local_p_with_a_pencil() -> None:
    """Ten positions, p_t = 4.5, D = 2, all scores 0: five weights of 1/5, times the Gaussian.

    σ = 1; the window is 2 … 6 around ⌊4.5⌋ = 4, while the Gaussian has its middle at 4.5.
    """
    align, query = pointing_at([0.45], D=2)
    a, p = align(query, torch.zeros(1, 10, dtype=torch.float64), mask_of([10]), 7)
    assert p.item() == pytest.approx(4.5)
    expected = [0.2 * math.exp(-(d**2) / 2) for d in (-2.5, -1.5, -0.5, 0.5, 1.5)]
    assert a[0].tolist() == pytest.approx([0, 0, *expected, 0, 0, 0])


def test_local_m_with_a_pencil() -> None:
    """The window moves with t, keeps within the sentence, and waits at its end."""
    align, mask = Align(1, "local-m", D=1), mask_of([4], extra=2)
    seen = []
    for t in range(6):
        a, p = align(torch.zeros(1, 1), torch.zeros(1, 6), mask, t)
        assert p.tolist() == [min(t, 3)]
        seen.append(a[0].tolist())
    third = pytest.approx(1 / 3)
    assert seen == [
        [0.5, 0.5, 0, 0, 0, 0],
        [third, third, third, 0, 0, 0],
        [0, third, third, third, 0, 0],
        *[[0, 0, 0.5, 0.5, 0, 0]] * 3,
    ]


def test_the_last_position_with_a_pencil() -> None:
    """Whatever the scores say: all weight on each sentence's own last position, at every step."""
    align, mask = Align(1, "last", D=3), mask_of([4, 1], extra=2)
    e = torch.tensor([[9.0, 0, 0, -9, 9, 9], [-5, 9, 9, 9, 9, 9]])
    for t in (0, 7):
        a, p = align(torch.zeros(2, 1), e, mask, t)
        assert p.tolist() == [3, 0]
        assert a.tolist() == [[0, 0, 0, 1, 0, 0], [1, 0, 0, 0, 0, 0]]


def test_a_wide_window_is_a_global_one() -> None:
    e, mask, query = double(3, 7), mask_of([7, 2, 4]), double(3, 5)
    everywhere, _ = Align(5).double()(query, e, mask, 3)
    close(everywhere, masked_softmax(e, mask))
    close(Align(5, "local-m", D=7).double()(query, e, mask, 3)[0], everywhere)
    assert Align(5).double()(query, e, mask, 3)[1] is None


# --- the mass that the Gaussian leaves ---


def test_the_papers_window_keeps_58_percent_of_even_scores() -> None:
    """D = 10, far from both ends: the mean of exp(-k²/50) over k = -10 … 10, and less than 1."""
    align, query = pointing_at([0.5], D=10)
    a, _ = align(query, torch.zeros(1, 80, dtype=torch.float64), mask_of([80]), 0)
    expected = sum(math.exp(-(k**2) / 50) for k in range(-10, 11)) / 21
    assert a.sum().item() == pytest.approx(expected)
    assert expected == pytest.approx(0.5757, abs=1e-4)


@settings(deadline=None, max_examples=40)
@given(LENGTHS, st.integers(1, 4), st.integers(0, 99))
def test_the_mass_is_the_mean_nearness(lengths: list[int], D: int, seed: int) -> None:
    """Σ_s a_t(s) is the mean of the Gaussian under the softmax in the window: at most 1."""
    torch.manual_seed(seed)
    align, mask = shaken(Align(3, "local-p", D), seed), mask_of(lengths)
    query, e = double(len(lengths), 3), double(*mask.shape)
    with torch.no_grad():
        a, p = align(query, e, mask, 0)
    for row, S in enumerate(lengths):
        centre = min(math.floor(p[row]), S - 1)
        window = range(max(0, centre - D), min(S, centre + D + 1))
        shares = torch.stack([e[row, s] for s in window]).softmax(0)
        nearness = [math.exp(-((s - p[row].item()) ** 2) / (2 * (D / 2) ** 2)) for s in window]
        mass = sum(x * y for x, y in zip(shares.tolist(), nearness, strict=True))
        assert a[row].sum().item() == pytest.approx(mass)
        assert mass <= 1


@settings(deadline=None, max_examples=40)
@given(LENGTHS, st.integers(1, 4), st.integers(0, 12), st.integers(0, 99))
def test_what_should_sum_to_one_does(lengths: list[int], D: int, t: int, seed: int) -> None:
    torch.manual_seed(seed)
    mask = mask_of(lengths, extra=seed % 3)
    query, e = double(len(lengths), 3), double(*mask.shape)
    for window in WINDOWS:
        for renormalise in (False, True) if window == "local-p" else (False,):
            a, _ = shaken(Align(3, window, D, renormalise), seed)(query, e, mask, t)
            assert (a >= 0).all()
            assert (a[~mask] == 0).all()
            if window != "local-p" or renormalise:
                close(a.sum(1), torch.ones(len(lengths), dtype=torch.float64))
            else:
                assert (a.sum(1) <= 1).all()
                assert (a.sum(1) > 0).all()


# --- where the windows lie ---


@local
@settings(deadline=None, max_examples=40)
@given(LENGTHS, st.integers(1, 4), st.integers(0, 12), st.integers(0, 99))
def test_windows_are_dense_softmaxes_with_all_else_barred(
    window: Any, renormalise: bool, lengths: list[int], D: int, t: int, seed: int
) -> None:
    """-inf outside the window, the softmax over everything, then (local-p) the Gaussian."""
    torch.manual_seed(seed)
    align, mask = shaken(Align(3, window, D, renormalise), seed), mask_of(lengths)
    query, e = double(len(lengths), 3), double(*mask.shape)
    a, p = align(query, e, mask, t)
    for row, S in enumerate(lengths):
        if window == "local-m":
            expected_p = min(t, S - 1)
        else:
            inner = torch.tanh(query[row] @ align.W_p.weight.T) @ align.v_p.weight[0]
            expected_p = S / (1 + math.exp(-inner.item()))  # S is this sentence's own
        assert p[row].item() == pytest.approx(expected_p)
        centre, dense = min(math.floor(expected_p), S - 1), e[row].clone()
        nearness = torch.ones_like(dense)
        for s in range(len(dense)):
            if window == "local-p":
                nearness[s] = math.exp(-((s - expected_p) ** 2) / (2 * (D / 2) ** 2))
            if s >= S or abs(s - centre) > D:
                dense[s] = -math.inf
        expected = (dense * nearness).softmax(0) if renormalise else dense.softmax(0) * nearness
        close(a[row], expected)


@local
def test_the_window_is_as_wide_as_d_says(window: Any, renormalise: bool) -> None:
    align, mask = shaken(Align(3, window, 2, renormalise)), mask_of([30])
    for t in range(30):
        a, p = align(double(1, 3) * 0.1, double(1, 30), mask, t)
        centre = math.floor(p.item())
        window_here = [s for s in range(30) if abs(s - centre) <= 2]
        assert (a[0] > 0).nonzero().squeeze(1).tolist() == window_here


@pytest.mark.parametrize(("share", "last"), [(0.0, 2), (1.0, 5)])
def test_positions_at_both_ends(share: float, last: int) -> None:
    """σ(…) rounds to 0 or to 1: the window is still one within the sentence."""
    align = Align(1, "local-p", D=2).double()
    with torch.no_grad():
        align.W_p.weight.fill_(1.0)
        align.v_p.weight.fill_(1e4 if share else -1e4)
    a, p = align(torch.ones(1, 1).double(), torch.zeros(1, 8).double(), mask_of([6], extra=2), 0)
    assert p.item() == share * 6
    assert (a[0] > 0).nonzero().squeeze(1).tolist() == list(range(last - 2, last + 1))


def test_the_position_is_of_the_sentence_and_not_of_the_batch() -> None:
    align, query = pointing_at([0.5, 0.5, 0.5], D=1)
    p = align.position(query, mask_of([10, 4, 1], extra=5), 0)
    assert p.tolist() == pytest.approx([5.0, 2.0, 0.5])


def test_the_position_learns_through_the_gaussian_alone() -> None:
    align = shaken(Align(3, "local-p", D=2))
    query, e = double(2, 3).requires_grad_(), double(2, 9).requires_grad_()
    mask = mask_of([9, 6])
    assert torch.autograd.gradcheck(lambda q, e: align(q, e, mask, 0)[0], (query, e))
    (align(query, e, mask, 0)[0] * double(2, 9)).sum().backward()
    assert (align.W_p.weight.grad != 0).any()
    assert (align.v_p.weight.grad != 0).any()


def test_positions_are_exact_in_half_precision() -> None:
    align, mask = Align(3, "local-p", D=2), mask_of([200])
    query = torch.randn(1, 3)
    exact = align.position(query, mask, 0)
    with torch.autocast("cpu", torch.bfloat16):
        p = align.position(query, mask, 0)
    assert p.dtype == torch.float32
    torch.testing.assert_close(p, exact, rtol=0, atol=0.5)


def test_the_parts() -> None:
    assert inside(torch.tensor([0, 3]), mask_of([5, 4]), 1).tolist() == [
        [True, True, False, False, False],
        [False, False, True, True, False],
    ]
    expected = [[math.exp(-2 * (s - 1.25) ** 2 / 9) for s in range(4)]]
    assert gaussian(torch.tensor([1.25]), 4, 3)[0].tolist() == pytest.approx(expected[0])


# --- bad input ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": "local"}, "window is 'local', expected 'global' or 'local-m'"),
        ({"window": "local-p", "D": 0}, "D is 0, expected an integer of at least 1"),
        ({"window": "local-m", "D": 2.5}, "D is 2.5, expected an integer of at least 1"),
        ({"query_size": 0}, "query_size is 0, expected an integer of at least 1"),
        ({"renormalise": True}, "renormalise is True and window 'global', expected 'local-p'"),
        ({"window": "local-m", "renormalise": True}, "window 'local-m', expected 'local-p'"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Align(**{"query_size": 3, **arguments})


@pytest.mark.parametrize("window", ["global", "local-m", "local-p", "last"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"query": torch.zeros(2, 4)}, "query has shape (2, 4): 4 numbers each, expected 3"),
        ({"query": torch.zeros(1, 3)}, "query has shape (1, 3): 1 sentences, expected 2 like e"),
        ({"e": torch.zeros(2, 5).long()}, "e has dtype torch.int64, expected floating-point"),
        ({"e": torch.zeros(5)}, "e has shape (5,), expected (B, S), not empty"),
        ({"mask": [[True]]}, "mask is a list, expected a torch.Tensor"),
        (
            {"mask": mask_of([4, 2])},
            "mask is torch.bool of shape (2, 4), expected torch.bool of (2, 5)",
        ),
        ({"mask": torch.ones(2, 5)}, "mask is torch.float32 of shape (2, 5), expected torch.bool"),
    ],
)
def test_bad_input(window: Any, change: dict[str, Any], message: str) -> None:
    good = {"query": torch.zeros(2, 3), "e": torch.zeros(2, 5), "mask": mask_of([5, 2])}
    align = Align(3, window, D=2)
    align(**good, t=0)
    with pytest.raises(ValueError, match=re.escape(message)):
        align(**{**good, **change}, t=0)
