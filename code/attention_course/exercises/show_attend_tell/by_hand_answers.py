"""The numbers of show_attend_tell.by_hand, and what a pencil makes of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from attention_course.exercises.values import Value

# Weights and probabilities are powers of 2, so that rewards are whole and no sum needs a table.
EXPONENTIALS = (4, 2, 1, 1)  # exp of the scores ln 4, ln 2, 0, 0
CHANCES = (1 / 2, 1 / 8, 1 / 4, 1 / 16)  # p(right word | look at a place)
DRAWN = 1  # the second place
KEPT = 0.9  # of the old baseline

WEIGHTS = tuple(e / sum(EXPONENTIALS) for e in EXPONENTIALS)
REWARDS = tuple(math.log2(p) for p in CHANCES)

Numbers = list[float]
Rule = dict[str, Value]


def mean(values: Sequence[float]) -> float:
    """Over the places, each with the chance that it is drawn."""
    return sum(a * x for a, x in zip(WEIGHTS, values, strict=True))


R = mean(REWARDS)


def slopes(drawn: int) -> Numbers:
    """∂ ln α_drawn by each of the scores."""
    return [(k == drawn) - a for k, a in enumerate(WEIGHTS)]


def estimate(b: float, drawn: int = DRAWN, scale: float = 1.0) -> Numbers:
    """What one look says of each score."""
    return [scale * (REWARDS[drawn] - b) * slope for slope in slopes(drawn)]


def of_first_score(b: float) -> Numbers:
    """What each of the four looks says of the first score."""
    return [estimate(b, drawn)[0] for drawn in range(len(WEIGHTS))]


def variance(values: Sequence[float]) -> float:
    """Over the places, each with its chance."""
    return mean([x**2 for x in values]) - mean(values) ** 2


def even_variance(values: Sequence[float]) -> float:
    """Over the places, all alike."""
    middle = sum(values) / len(values)
    return sum((x - middle) ** 2 for x in values) / len(values)


def one_look() -> Rule:
    """The reference."""
    return {
        "mean": R,
        "exact": [a * (r - R) for a, r in zip(WEIGHTS, REWARDS, strict=True)],
        "estimate": estimate(0),
        "with_baseline": estimate(R),
        "variances": [variance(of_first_score(b)) for b in (0, R)],
        "next": KEPT * R + (1 - KEPT) * REWARDS[DRAWN],
    }


def as_fractions() -> Rule:
    """The reference, written otherwise."""
    return {
        "mean": -2,
        "exact": [Fraction(1, 2), Fraction(-1, 4), 0, Fraction(-1, 4)],
        "estimate": [Fraction(3, 2), Fraction(-9, 4), Fraction(3, 8), Fraction(3, 8)],
        "with_baseline": [Fraction(1, 2), Fraction(-3, 4), Fraction(1, 8), Fraction(1, 8)],
        "variances": (Fraction(17, 16), Fraction(1, 16)),
        "next": Fraction(-21, 10),
    }


def rounded() -> Rule:
    """The reference with two decimals."""
    return {
        name: [round(x, 2) for x in part] if isinstance(part, list) else round(part, 2)
        for name, part in one_look().items()
    }
