"""Adaptive computation time: against Graves' sum and the authors' program, written for scalars."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from attention_course.models.adaptive_computation import (
    AdaptiveSteps,
    FixedSteps,
    Halting,
    Ponder,
)
from halting_by_hand import ByHand
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from translators import close

D, MAX = 3, 6
KINDS: tuple[Halting, ...] = ("text", "blend", "released")
each = pytest.mark.parametrize("halting", KINDS)


class Case(NamedTuple):
    """A halting unit, a step that lets every word see all others, and what they begin with."""

    unit: AdaptiveSteps
    begin: Tensor  # (B, T, d)
    A: Tensor
    C: Tensor

    def step(self, state: Tensor, n: int, running: Tensor) -> tuple[Tensor, Tensor]:
        into = state + 0.1 * n
        return into, torch.tanh(into @ self.A + into.mean(1, keepdim=True) @ self.C)

    def by_hand(self) -> ByHand:
        def step(state: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
            into = state + 0.1 * n
            return into, np.tanh(into @ self.A.numpy() + into.mean(0) @ self.C.numpy())

        w, b = (p.detach().numpy() for p in (self.unit.halt.weight[0], self.unit.halt.bias))
        return ByHand(w, b.item(), self.unit.threshold, MAX, step)

    def run(self, all_steps: bool = False) -> tuple[Tensor, Ponder]:
        found: tuple[Tensor, Ponder] = self.unit(self.begin, self.step, all_steps=all_steps)
        return found


def case(halting: Halting, seed: int = 0, threshold: float = 0.9, bias: float = -1.0) -> Case:
    torch.manual_seed(seed)
    unit = AdaptiveSteps(D, MAX, halting, threshold=threshold, bias=bias).double()
    torch.nn.init.normal_(unit.halt.weight)
    return Case(unit, *(torch.randn(s, dtype=torch.float64) for s in ((2, 4, D), (D, D), (D, D))))


@each
@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 999),
    threshold=st.sampled_from([0.3, 0.9, 0.99, 1.0]),
    bias=st.sampled_from([-3.0, -1.0, 1.0]),
)
def test_number_by_number(halting: Halting, seed: int, threshold: float, bias: float) -> None:
    given_ = case(halting, seed, threshold, bias)
    result, ponder = given_.run()
    for row, begin in enumerate(given_.begin.numpy()):
        if halting == "text":
            expected, steps, remainders = given_.by_hand().text(begin)
        else:
            expected, steps, remainders = given_.by_hand().program(
                begin, bracket=halting == "blend"
            )
        close(result[row].detach(), torch.from_numpy(expected))
        assert ponder.steps[row].tolist() == steps
        close(ponder.remainder[row].detach(), torch.tensor(remainders, dtype=torch.float64))


# --- weights ---


@each
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 999), bias=st.sampled_from([-3.0, -1.0, 1.0]))
def test_weights_sum_to_one_where_the_threshold_was_reached(
    halting: Halting, seed: int, bias: float
) -> None:
    """ "text" gives what is left at the last step, too; the authors' program does not."""
    _, ponder = case(halting, seed, bias=bias).run()
    total = ponder.weights.sum(-1)
    if halting == "text":
        close(total, torch.ones_like(total))
    else:
        reached = ponder.remainder > 0
        close(total[reached], torch.ones_like(total[reached]))
        assert (total[~reached] <= 0.9).all()
        assert (ponder.steps[~reached] == MAX).all()
    n = torch.arange(1, ponder.weights.shape[-1] + 1)
    assert ((ponder.weights > 0) == (n <= ponder.steps[..., None])).all()
    last = ponder.weights.gather(-1, ponder.steps.long()[..., None] - 1)[..., 0]
    given_rest = ponder.remainder > 0
    assert torch.equal(last[given_rest], ponder.remainder[given_rest])


PONDER = Ponder(torch.tensor([[2.0, 6.0]]), torch.tensor([[0.25, 0.5]]), torch.zeros(1, 2, 6))


def test_the_cost_is_steps_and_remainder_of_real_words() -> None:
    assert PONDER.cost(torch.tensor([[True, False]])).item() == 2.25
    assert PONDER.cost(torch.tensor([[True, True]])).item() == (2.25 + 6.5) / 2


# --- states ---


@each
def test_a_halted_word_is_carried_unchanged(halting: Halting) -> None:
    """As the text says; in the authors' program its state goes on changing."""
    made, seen = case(halting), []

    def step(state: Tensor, n: int, running: Tensor) -> tuple[Tensor, Tensor]:
        seen.append((state, running))
        return made.step(state, n, running)

    _, ponder = made.unit(made.begin, step, all_steps=True)
    assert len(seen) == MAX
    assert ponder.steps.min() < MAX - 1
    for (before, ran), (after, runs) in pairwise(seen):
        assert not (runs & ~ran).any()
        if not ran.all():
            assert torch.equal(after[~ran], before[~ran]) == (halting == "text")


@each
def test_no_step_writes_into_what_another_gave(halting: Halting) -> None:
    made, kept = case(halting), []

    def step(state: Tensor, n: int, running: Tensor) -> tuple[Tensor, Tensor]:
        into, out = made.step(state, n, running)
        kept.extend((t, t.clone()) for t in (state, running, into, out))
        return into, out

    before = made.begin.clone()
    _, ponder = made.unit(made.begin, step, all_steps=True)
    assert torch.equal(made.begin, before)
    assert all(torch.equal(now, then) for now, then in kept)
    assert len({t.data_ptr() for t in (ponder.steps, ponder.remainder, ponder.weights)}) == 3


@each
def test_further_steps_change_nothing(halting: Halting) -> None:
    """Whether it ends with the last word or makes them all: the same result and weights."""
    made = case(halting, threshold=0.5, bias=1.0)
    (result, ponder), (again, further) = made.run(), made.run(all_steps=True)
    made_steps = ponder.weights.shape[-1]
    assert made_steps == ponder.steps.max() < MAX
    assert further.weights.shape[-1] == MAX
    close(again, result)
    close(further.weights[..., :made_steps], ponder.weights)
    assert (further.weights[..., made_steps:] == 0).all()
    assert torch.equal(further.steps, ponder.steps)


@each
def test_the_gradient_goes_through_the_weights(halting: Halting) -> None:
    """Also through the remainder, and so to the halting unit and to all earlier states."""
    made = case(halting)

    def run(begin: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        values = {"halt.weight": weight, "halt.bias": bias}
        arguments = (begin, made.step)
        result, ponder = torch.func.functional_call(
            made.unit, values, arguments, {"all_steps": False}
        )
        return result, ponder.remainder

    leaves = (made.begin, made.unit.halt.weight.detach(), made.unit.halt.bias.detach())
    assert torch.autograd.gradcheck(run, [leaf.requires_grad_() for leaf in leaves])


# --- a fixed number ---


def test_fixed_steps_are_all_made() -> None:
    made = case("text")
    state = made.begin
    for n in range(1, MAX + 1):
        _, state = made.step(state, n, torch.ones(2, 4))
    result, ponder = FixedSteps(MAX)(made.begin, made.step)
    close(result, state)
    assert ponder.steps.tolist() == [[MAX] * 4] * 2
    assert ponder.weights.sum(-1).tolist() == ponder.weights[..., -1].tolist() == [[1.0] * 4] * 2


def test_who_never_halts_makes_a_fixed_number() -> None:
    made = case("text", bias=-100.0)
    close(made.run()[0].detach(), FixedSteps(MAX)(made.begin, made.step)[0])


# --- bad input ---


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FixedSteps(0), "steps is 0, expected an integer of at least 1"),
        (lambda: AdaptiveSteps(0, 3), "d is 0, expected"),
        (lambda: AdaptiveSteps(4, 0), "max_steps is 0, expected"),
        (lambda: AdaptiveSteps(4, 3, "sum"), "halting is 'sum', expected 'text' or 'blend' or"),
        (lambda: AdaptiveSteps(4, 3, threshold=0.0), "threshold is 0.0, expected above 0"),
        (lambda: AdaptiveSteps(4, 3, threshold=1.1), "threshold is 1.1, expected above 0"),
        (lambda: AdaptiveSteps(4, 3, threshold="0.9"), "threshold is '0.9', expected a number"),
        (lambda: AdaptiveSteps(4, 3, bias=None), "bias is None, expected a number"),
        (
            lambda: AdaptiveSteps(4, 3)(torch.zeros(1, 2, 5), lambda h, *_: (h, h), all_steps=True),
            "state has shape (1, 2, 5): 5 numbers each, expected 4",
        ),
        (lambda: PONDER.cost([[True]]), "mask is a list, expected a torch.Tensor"),
        (lambda: PONDER.cost(torch.ones(1, 2)), "mask is torch.float32 of shape (1, 2), expected"),
        (lambda: PONDER.cost(torch.ones(2) > 0), "shape (2,), expected torch.bool of (1, 2)"),
        (lambda: PONDER.cost(torch.ones(1, 2) < 0), "mask is True for no word, expected one"),
    ],
)
def test_bad_arguments(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()
