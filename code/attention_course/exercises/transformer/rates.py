"""transformer.rates: the learning rates of the paper; 1706.03762, Eq. (3)."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor

from attention_course.exercises.drawing import integers
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Tolerance, Value

Rate = Callable[[int, int, int], float]  # of d, w and n, the update, counted from 1


def _rates(rate: Rate, shift: int = 0) -> Callable[[int, int, int], list[float]]:
    """The answer whose rates are these; `shift` is where it begins to count, less one."""

    def rates(d: int, warmup: int, updates: int) -> list[float]:
        return [rate(d, warmup, n + shift) for n in range(1, updates + 1)]

    return rates


def _power(n: int, exponent: float) -> float:
    """As tensors have it: infinite where 0 gets a negative exponent."""
    return math.inf if n == 0 else n**exponent


def _right(d: int, w: int, n: int) -> float:
    return d**-0.5 * min(_power(n, -0.5), n * w**-1.5)


rates = _rates(_right)


# --- right, written otherwise -----------------------------------------------------------------


def _as_tensor(d: int, warmup: int, updates: int) -> Tensor:
    n = torch.arange(1, updates + 1, dtype=torch.float64)
    return torch.minimum(n**-0.5, n * warmup**-1.5) / d**0.5


def _by_cases(d: int, warmup: int, updates: int) -> tuple[float, ...]:
    """Rises evenly to the peak at step w, and falls from there."""
    peak = 1 / math.sqrt(d * warmup)
    return tuple(
        peak * (n / warmup if n < warmup else math.sqrt(warmup / n)) for n in range(1, updates + 1)
    )


def _single(d: int, warmup: int, updates: int) -> Tensor:
    n = torch.arange(1.0, updates + 1)
    return torch.stack([n.rsqrt(), n / warmup**1.5]).amin(0) * d**-0.5


# --- inputs -----------------------------------------------------------------------------------


def _inputs(warmup: tuple[int, int], updates: tuple[int, int]) -> Draw:
    """The bounds are the least, and one more than the most."""

    def draw(generator: Generator) -> dict[str, Value]:
        bounds = {"d": (40, 600), "warmup": warmup, "updates": updates}
        return {name: int(integers(generator, *pair, 1)) for name, pair in bounds.items()}

    return draw


def _mistake(name: str, hint: str, rate: Rate) -> Mistake:
    return Mistake(name, hint, _rates(rate))


QUESTION = Question(
    id="transformer.rates",
    answer="learning_rates",
    title="Write the learning rates of the paper",
    points=8,
    minutes=6,
    difficulty=1,
    kind="write",
    cases=(
        Case("a warm-up and what follows", _inputs((5, 9), (20, 30))),
        Case("training that ends in the warm-up", _inputs((40, 60), (8, 14))),
        Case("a long training", _inputs((30, 50), (300, 400))),
        Case("a warm-up of two updates", _inputs((2, 3), (6, 9))),
    ),
    reference=rates,
    mistakes=(
        Mistake(
            "from zero",
            "your first rate is zero, so that the first update does nothing: count the updates "
            "from 1",
            _rates(_right, shift=-1),
        ),
        Mistake(
            "from two",
            "your rates are those of the next update: the first has n = 1",
            _rates(_right, shift=1),
        ),
        _mistake(
            "warm-up one longer",
            "your warm-up is one update too long: in w^(−3/2) stands w itself, not w + 1",
            lambda d, w, n: _right(d, w + 1, n),
        ),
        _mistake(
            "warm-up one shorter",
            "your warm-up is one update too short: in w^(−3/2) stands w itself, not w − 1",
            lambda d, w, n: _right(d, w - 1, n),
        ),
        Mistake(
            "one too many",
            "you return one rate too many, from n = 0 on: count from 1 to the last update",
            lambda d, warmup, updates: _rates(_right, shift=-1)(d, warmup, updates + 1),
        ),
        Mistake(
            "one too few",
            "you return one rate too few: the last update counts too, and range ends before its "
            "second number",
            lambda d, warmup, updates: rates(d, warmup, updates - 1),
        ),
        _mistake(
            "max",
            "your rate is the larger of the two; it is the smaller one",
            lambda d, w, n: d**-0.5 * max(n**-0.5, n * w**-1.5),
        ),
        _mistake(
            "rising alone",
            "your rate never falls: after the warm-up n^(−1/2) is the smaller of the two; look at "
            "the sign of its exponent, too",
            lambda d, w, n: d**-0.5 * n * w**-1.5,
        ),
        _mistake(
            "falling alone",
            "your rate has no warm-up: for n below w the smaller of the two is n · w^(−3/2); look "
            "at the sign of its exponent, too",
            lambda d, w, n: d**-0.5 * n**-0.5,
        ),
        _mistake(
            "root of d",
            "you multiply by √d; a wider model gets a lower rate, so divide by it",
            lambda d, w, n: d * _right(d, w, n),
        ),
        _mistake(
            "no d",
            "your rates do not depend on d: they are divided by its root",
            lambda d, w, n: d**0.5 * _right(d, w, n),
        ),
        _mistake(
            "d itself",
            "you divide by d; divide by its root",
            lambda d, w, n: d**-0.5 * _right(d, w, n),
        ),
        _mistake(
            "root of the warm-up",
            "your n is multiplied by w^(−1/2); with w^(−3/2) the two lines meet at n = w",
            lambda d, w, n: d**-0.5 * min(n**-0.5, n * w**-0.5),
        ),
        _mistake(
            "warm-up without a half",
            "your n is divided by w; it is divided by w to the power of 3/2, so that the two lines "
            "meet at n = w",
            lambda d, w, n: d**-0.5 * min(n**-0.5, n / w),
        ),
        _mistake(
            "peak of one",
            "your highest rate does not depend on the warm-up; the paper's is 1/√(d w), at n = w",
            lambda d, w, n: d**-0.5 * min((w / n) ** 0.5, n / w),
        ),
        _mistake(
            "d and warm-up exchanged",
            "you have exchanged d and the warm-up",
            lambda d, w, n: _right(w, d, n),
        ),
        _mistake(
            "evenly to zero",
            "your rate falls along a straight line; it falls with 1/√n",
            lambda d, w, n: (d * w) ** -0.5 * min(n / w, max(0.0, 2 - n / w)),
        ),
    ),
    alternatives={
        "as a tensor": _as_tensor,
        "by cases, a tuple": _by_cases,
        "single precision": _single,
    },
    tolerance=Tolerance(absolute=1e-9, relative=1e-4),
    barred=("attention_course.training", "attention_course.exercises.transformer"),
)
