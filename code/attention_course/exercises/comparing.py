"""Compares what an answer returned with what was expected, and says what is wrong in general."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import torch
from torch import Tensor

from attention_course.exercises.values import Foreign, Tolerance, Value, named

MOST_NUMBERS = 10_000  # of a tensor that passes for a list; a list of millions takes minutes


class Rank(IntEnum):
    """What kind of problem it is; the lowest is told first, since the others may follow from it."""

    NOT_WRITTEN = 0
    RAISED = 1
    NOTHING = 2
    SHAPE = 3
    DTYPE = 4
    NOT_FINITE = 5
    CHANGED = 6
    NUMBERS = 7
    PRECISION = 8


@dataclass(frozen=True)
class Problem:
    """Why an output is not accepted: its kind, and one sentence without a full stop."""

    rank: Rank
    sentence: str


Judge = Callable[[Value, Value, Mapping[str, Value], Tolerance], Problem | None]


def compare(
    given: Value,
    expected: Value,
    inputs: Mapping[str, Value],
    tolerance: Tolerance,
    where: str = "",
) -> Problem | None:
    """The usual judge: the same structure, shapes and kinds, and numbers within the tolerance.

    A tensor or an array passes for a list of its rows, a tensor without dimensions for a number;
    floating-point tensors may be more precise than expected, not less. A letter may stand in
    brackets or before a full stop. `where` names the part that is compared, "" the whole.
    """
    return _compare(given, expected, tolerance, where)


def _compare(given: Value, expected: Value, tolerance: Tolerance, where: str) -> Problem | None:
    if isinstance(expected, Tensor):
        return _compare_tensors(given, expected, tolerance, where)
    if _is_one_array(given) and isinstance(expected, list) and _holds_tensors(expected):
        it = f"{where} is" if where else "your function returns"
        things = f"a list or tuple of {len(expected)} things"
        return Problem(Rank.NOTHING, f"{it} {named(given)}, expected {things}")
    given = unpacked(given)
    if isinstance(given, Tensor) and not isinstance(expected, (str, dict)):
        if given.numel() > MOST_NUMBERS:
            shape = tuple(given.shape)
            it = where or "your answer"
            return Problem(Rank.SHAPE, f"{it} has shape {shape}, expected {named(expected)}")
        given = given.tolist()
    if isinstance(expected, dict):
        return _compare_dicts(given, expected, tolerance, where)
    if isinstance(expected, list):
        return _compare_lists(given, expected, tolerance, where)
    if isinstance(expected, str):
        if not isinstance(given, str):
            return wrong_kind(given, expected, where)
        same = _letters(given) == _letters(expected)
        return None if same else Problem(Rank.NUMBERS, f"{where or 'your answer'} is not right")
    if isinstance(given, bool) != isinstance(expected, bool) or not isinstance(given, int | float):
        return wrong_kind(given, expected, where)
    if isinstance(expected, int):
        right = given == expected
    else:
        right = bool(tolerance.allows(_single(given), _single(expected)))
    return None if right else Problem(Rank.NUMBERS, f"{where or 'your answer'} is not right")


def one_number(given: Value) -> Value:
    """A number, or a tensor with one number whatever its shape, as one without dimensions."""
    if isinstance(given, float):
        return torch.tensor(given, dtype=torch.float64)
    return given.reshape(()) if isinstance(given, Tensor) and given.numel() == 1 else given


def _is_one_array(given: Value) -> bool:
    return isinstance(given, Tensor) or (isinstance(given, Foreign) and given.rows is not None)


def _holds_tensors(expected: list[Value]) -> bool:
    return any(isinstance(item, Tensor) for item in expected)


def unpacked(given: Value) -> Value:
    """The rows of an array of NumPy; everything else as it is."""
    if isinstance(given, Foreign) and given.rows is not None:
        return given.rows
    return given


def _letters(text: str) -> str:
    """A text without what people put around the letter of a choice: "(b)", "b."."""
    return text.strip(" \t\n().:").lower()


def _single(number: float) -> Tensor:
    """A number in single precision; one too large for it is infinite."""
    try:
        return torch.tensor(float(number), dtype=torch.float64).float()
    except OverflowError:  # an integer beyond 1e308
        return torch.tensor(math.inf if number > 0 else -math.inf)


def _compare_tensors(
    given: Value, expected: Tensor, tolerance: Tolerance, where: str
) -> Problem | None:
    if not isinstance(given, Tensor):
        return wrong_kind(given, expected, where)
    it = f"{where} has" if where else "your answer has"
    if given.shape != expected.shape:
        shapes = f"shape {tuple(given.shape)}, expected {tuple(expected.shape)}"
        return Problem(Rank.SHAPE, f"{it} {shapes}")
    dtypes = f"{it} dtype {given.dtype}, expected {expected.dtype}"
    if _kind(given.dtype) != _kind(expected.dtype):
        return Problem(Rank.DTYPE, dtypes)
    agree = tolerance.allows(given, expected)
    if _less_precise(given.dtype, expected.dtype):
        return Problem(Rank.PRECISION, dtypes)
    if agree.all():
        return None
    bad = ~given.double().isfinite() & expected.double().isfinite()
    if bad.any():
        return Problem(
            Rank.NOT_FINITE,
            f"{it} NaN or infinity in {_count(bad)} places where the right numbers are finite",
        )
    if expected.dtype == torch.float64 and tolerance.allows(given.float(), expected.float()).all():
        return Problem(
            Rank.PRECISION,
            f"{where or 'your answer'} is right to single precision, expected double as in the "
            "inputs: something in between was rounded, as torch.tensor(d).sqrt() is",
        )
    if agree.numel() == 1:
        return Problem(Rank.NUMBERS, f"{where or 'your answer'} is not right")
    wrong = f"{_count(~agree)} of its numbers are not right"
    if not agree.any():
        wrong = f"none of its {agree.numel()} numbers is right"
    return Problem(Rank.NUMBERS, f"{it} the right shape, but {wrong}")


def _compare_dicts(
    given: Value, expected: dict[str, Value], tolerance: Tolerance, where: str
) -> Problem | None:
    if not isinstance(given, dict):
        return wrong_kind(given, expected, where)
    for key, value in expected.items():
        if key not in given:
            return Problem(Rank.SHAPE, f"the dictionary you return has no key {key!r}")
        problem = _compare(given[key], value, tolerance, f"your {key!r}")
        if problem:
            return problem
    return None


def _compare_lists(
    given: Value, expected: list[Value], tolerance: Tolerance, where: str
) -> Problem | None:
    if not isinstance(given, list):
        return wrong_kind(given, expected, where)
    if len(given) != len(expected):
        it = where or "your answer"
        things = "1 thing" if len(given) == 1 else f"{len(given)} things"
        return Problem(Rank.SHAPE, f"{it} holds {things}, expected {len(expected)}")
    for index, (one, other) in enumerate(zip(given, expected, strict=True), start=1):
        what = "number" if isinstance(other, int | float) else "part"
        problem = _compare(one, other, tolerance, f"{what} {index} of {where or 'your answer'}")
        if problem:
            return problem
    return None


def wrong_kind(given: Value, expected: Value, where: str) -> Problem:
    """Says that something else was expected; `where` names the part, "" the whole."""
    if given is None:
        return Problem(
            Rank.NOTHING,
            f"{where} is None, expected {named(expected)}"
            if where
            else f"your function returns None, expected {named(expected)}: is the return missing?",
        )
    it = f"{where} is" if where else "your function returns"
    way = ""
    if isinstance(given, Foreign) and given.rows is not None and isinstance(expected, Tensor):
        way = ": torch.from_numpy makes it one"
    return Problem(Rank.NOTHING, f"{it} {named(given)}, expected {named(expected)}{way}")


def _kind(dtype: torch.dtype) -> str:
    """Any integers pass for integers, and any floating-point numbers for such."""
    if dtype == torch.bool:
        return "bool"
    if dtype.is_complex:
        return "complex"
    return "floating" if dtype.is_floating_point else "integer"


def _less_precise(given: torch.dtype, expected: torch.dtype) -> bool:
    if not (given.is_floating_point and expected.is_floating_point):
        return False
    return torch.finfo(given).bits < torch.finfo(expected).bits


def _count(where: Tensor) -> str:
    return f"{int(where.sum())} of {where.numel()}"
