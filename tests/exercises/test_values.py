"""Values and how they are compared: properties over many of them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
import torch
from attention_course.exercises.comparing import Rank, compare
from attention_course.exercises.values import Foreign, Tolerance, Value, copied, identical, plain
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

TOLERANCE = Tolerance()

numbers = st.one_of(
    st.booleans(), st.integers(-9, 9), st.floats(-1e6, 1e6), st.text("ab", max_size=3)
)
tensors = st.builds(
    lambda shape, dtype, seed: (
        torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 5
    ).to(dtype),
    st.lists(st.integers(0, 3), max_size=3),
    st.sampled_from([torch.float32, torch.float64, torch.int64, torch.bool]),
    st.integers(0, 99),
)
values = st.recursive(
    st.one_of(numbers, tensors),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("kl", max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(values)
def test_a_value_equals_its_copy_and_passes(value: Value) -> None:
    assert identical(value, copied(value))
    assert identical(value, plain(value))
    assert compare(plain(value), value, {}, TOLERANCE) is None


def test_nan_is_identical_to_nan() -> None:
    """Else an input with NaN in it would count as changed by the answer."""
    tensor = torch.tensor([1.0, float("nan")])
    assert identical(tensor, tensor.clone())
    assert not identical(tensor, torch.tensor([float("nan"), 1.0]))
    assert identical([float("nan")], [float("nan")])


@given(values, values)
def test_what_is_identical_passes_and_is_so_both_ways(one: Value, other: Value) -> None:
    assert identical(one, other) == identical(other, one)
    if identical(one, other):
        assert compare(one, other, {}, TOLERANCE) is None


@given(values, values)
def test_a_problem_is_one_line_for_whatever_came(given_: Value, expected: Value) -> None:
    problem = compare(given_, expected, {}, TOLERANCE)
    if problem is not None:
        assert problem.sentence
        assert "\n" not in problem.sentence


@given(tensors.filter(lambda t: t.dtype.is_floating_point and t.numel() > 0))
def test_noise_below_the_tolerance_passes_and_above_fails(tensor: Tensor) -> None:
    strict = tensor.dtype == torch.float64
    small, large = (1e-10, 1e-6) if strict else (1e-6, 1e-2)
    scale = 1 + tensor.abs()
    assert compare(tensor + small * scale, tensor, {}, TOLERANCE) is None
    problem = compare(tensor + large * scale, tensor, {}, TOLERANCE)
    assert problem is not None
    assert problem.rank == (Rank.PRECISION if strict else Rank.NUMBERS)


@given(tensors)
def test_a_copy_shares_no_memory(tensor: Tensor) -> None:
    if tensor.numel() == 0:
        return
    for other in (copied(tensor), plain(tensor)):
        assert other.data_ptr() != tensor.data_ptr()


class Pair(NamedTuple):
    left: int
    right: float


@pytest.mark.parametrize(
    ("thing", "value"),
    [
        ((1, 2.5), [1, 2.5]),
        (Pair(1, 2.0), [1, 2.0]),
        (torch.Size([2, 3]), [2, 3]),
        ({1: "a"}, {"1": "a"}),
        (np.float64(2.5), 2.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (Fraction(1, 4), 0.25),
        (Decimal("0.25"), 0.25),
        (np.ones(2), Foreign("ndarray", [1.0, 1.0])),
        (object(), Foreign("object")),
        (Foreign("set", [1.0]), Foreign("set", [1.0])),
        ({1, 2}, Foreign("set")),
        ([None, ...], [None, Foreign("ellipsis")]),
        (None, None),
    ],
)
def test_things_become_values(thing: object, value: Value) -> None:
    assert plain(thing) == value
    assert type(plain(thing)) is type(value)


def test_tensors_become_plain() -> None:
    base = torch.arange(6.0).reshape(2, 3)
    parameter = torch.nn.Parameter(base.T)
    for thing in (parameter, base.T.to_sparse(), base.T.expand(3, 2)):
        value = plain(thing)
        assert type(value) is Tensor
        assert value.is_contiguous()
        assert not value.requires_grad
        assert torch.equal(value, base.T)


@pytest.mark.parametrize(
    ("given_", "expected", "rank"),
    [
        (torch.tensor([1.0, 2.0]), [1.0, 2.0], None),
        (torch.tensor(2.0), 2.0, None),
        (2, 2.0, None),
        (2.0, 2, None),
        (" B", "b", None),
        (torch.ones(2, dtype=torch.int32), torch.ones(2, dtype=torch.int64), None),
        (torch.ones(2, dtype=torch.float64), torch.ones(2), None),
        (torch.ones(2), torch.ones(2, dtype=torch.float64), Rank.PRECISION),
        (torch.tensor([9.1]).double(), torch.tensor([9.1], dtype=torch.float64), Rank.PRECISION),
        (torch.tensor([0.1]).double(), torch.tensor([0.2], dtype=torch.float64), Rank.NUMBERS),
        (torch.ones(2, dtype=torch.bool), torch.ones(2), Rank.DTYPE),
        (torch.ones(2), torch.ones(2, dtype=torch.bool), Rank.DTYPE),
        (torch.ones(2, dtype=torch.complex64), torch.ones(2), Rank.DTYPE),
        (torch.ones(2, 1), torch.ones(2), Rank.SHAPE),
        (torch.ones(2, 2), [1.0, 1.0], Rank.NOTHING),
        (torch.ones(2, 2), [[1.0, 1.0], [1.0, 1.0]], None),
        (torch.ones(2, 3), [[1.0, 1.0], [1.0, 1.0]], Rank.SHAPE),
        (torch.tensor([[1.0]]), torch.tensor([[2.0]]), Rank.NUMBERS),
        ([1.0], [1.0, 2.0], Rank.SHAPE),
        (plain(np.ones(2)), [1.0, 1.0], None),
        (plain(np.ones((2, 1))), [[1.0], [2.0]], Rank.NUMBERS),
        (plain(np.ones(2)), torch.ones(2), Rank.NOTHING),
        ("(b)", "b", None),
        ("b.", "b", None),
        ("ab", "b", Rank.NUMBERS),
        (10**400, 1.0, Rank.NUMBERS),
        (-(10**30), 1.0, Rank.NUMBERS),
        (1e300, 1.0, Rank.NUMBERS),
        (10**400, 1, Rank.NUMBERS),
        (torch.tensor(1j), 1.0, Rank.NOTHING),
        ({"a": 1}, {"b": 1}, Rank.SHAPE),
        ({"a": 1, "b": 1}, {"b": 1}, None),
        (None, 1.0, Rank.NOTHING),
        (True, 1, Rank.NOTHING),
        ("1", 1, Rank.NOTHING),
        (1, "1", Rank.NOTHING),
        (Foreign("set"), [1], Rank.NOTHING),
        (float("nan"), 1.0, Rank.NUMBERS),
        (torch.tensor([1.0, float("nan")]), torch.ones(2), Rank.NOT_FINITE),
        (torch.tensor([1.0, float("inf")]), torch.ones(2), Rank.NOT_FINITE),
        (torch.tensor([1.0, 2.0]), torch.ones(2), Rank.NUMBERS),
        (torch.tensor([float("nan")]), torch.tensor([float("nan")]), None),
        ([[1.0, 2.0], [3.0]], [[1.0, 2.0], [9.0]], Rank.NUMBERS),
    ],
)
def test_how_things_compare(given_: Value, expected: Value, rank: Rank | None) -> None:
    problem = compare(given_, expected, {}, TOLERANCE)
    assert (problem.rank if problem else None) == rank


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        (torch.ones(2, 3), "your function returns a tensor, expected a list or tuple of 2 things"),
        (
            plain(np.ones((2, 3))),
            "your function returns a value of type ndarray, expected a list or tuple of 2 things",
        ),
    ],
)
def test_one_tensor_in_place_of_several_is_called_one(given_: Value, words: str) -> None:
    problem = compare(given_, [torch.ones(3), torch.ones(3)], {}, TOLERANCE)
    assert problem is not None
    assert problem.sentence == words


def test_a_tensor_in_place_of_a_dictionary_is_called_one() -> None:
    problem = compare(torch.ones(2), {"a": 1.0}, {}, TOLERANCE)
    assert problem is not None
    assert "a tensor, expected a dictionary" in problem.sentence


def test_the_place_is_named_but_not_the_right_number() -> None:
    problem = compare([[1.0, 2.0], [3.0]], [[1.0, 2.0], [9.0]], {}, TOLERANCE)
    assert problem is not None
    assert problem.sentence == "number 1 of part 2 of your answer is not right"
