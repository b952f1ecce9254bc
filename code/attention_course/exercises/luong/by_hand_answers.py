"""The numbers of luong.by_hand, and what a pencil makes of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from attention_course.exercises.values import Value

# Every exp of a score is a power of 2, σ(z) is 5/6, and the window is cut where the sentence ends.
# Other numbers than in the chapter, which has the same step with S = 6, D = 2 and p = 4.5.
SCORES = tuple(math.log(2) * k for k in (3, 0, 2, 0, 1, 3, 2, 0, 0, 4))
WORDS = 9  # the last position is padding
ODDS = 5
SHARE = ODDS / (1 + ODDS)  # σ(ln 5)
D = 3
SIGMA = D / 2
P = WORDS * SHARE

Step = dict[str, Value]


def softmax(over: Sequence[int], scores: Sequence[float] = SCORES) -> list[float]:
    """The softmax over some positions, zero elsewhere."""
    total = sum(math.exp(scores[s]) for s in over)
    return [math.exp(e) / total if s in over else 0.0 for s, e in enumerate(scores)]


def nearness(centre: float, exponent: float = 1 / (2 * SIGMA**2)) -> list[float]:
    """exp(-exponent · (s - centre)²) at every position."""
    return [math.exp(-exponent * (s - centre) ** 2) for s in range(len(SCORES))]


def around(p: float, length: int = WORDS) -> list[int]:
    """The positions in the window."""
    return [s for s in range(length) if abs(s - math.floor(p)) <= D]


def step(
    p: float = P,
    *,
    window: Sequence[int] | None = None,
    shares: Sequence[float] | None = None,
    near: Sequence[float] | None = None,
    scale: Callable[[float], float] = lambda total: 1.0,
) -> Step:
    """What is returned; by default the right step.

    Args:
        p: the position.
        window: the positions in the window.
        shares: what the softmax gives at every position.
        near: the Gaussian at every position.
        scale: makes of the sum of the products what they are divided by.
    """
    window = around(p) if window is None else window
    shares = softmax(window) if shares is None else shares
    near = nearness(p) if near is None else near
    products = [a * g for a, g in zip(shares, near, strict=True)]
    weights = [product / scale(sum(products)) for product in products]
    return {
        "position": p,
        "window": list(window),
        "softmax": list(shares),
        "weights": weights,
        "total": sum(weights),
    }


def one_step() -> Step:
    """The reference."""
    return step()


WINDOW = around(P)


# --- right, written otherwise -----------------------------------------------------------------


def rounded() -> Step:
    """As a pencil has it, from the table of the question."""
    return {
        "position": 7.5,
        "window": (4, 5, 6, 7, 8),
        "softmax": [0, 0, 0, 0, 0.13, 0.5, 0.25, 0.06, 0.06, 0],
        "weights": [0, 0, 0, 0, 0.01, 0.13, 0.15, 0.06, 0.06, 0],
        "total": 0.41,
    }


def as_fractions() -> Step:
    """With fractions where they are exact."""
    parts = [Fraction(k, 16) for k in (0, 0, 0, 0, 2, 8, 4, 1, 1, 0)]
    return one_step() | {"position": Fraction(15, 2), "softmax": parts}


# --- wrong ------------------------------------------------------------------------------------


def of_chapter() -> Step:
    """The chapter's own step, which is not asked for."""
    return {
        "position": 4.5,
        "window": [2, 3, 4, 5],
        "softmax": [0, 0, 1 / 8, 2 / 8, 4 / 8, 1 / 8],
        "weights": [0, 0, 0.005, 0.081, 0.441, 0.110],
        "total": 0.638,
    }


def gauss_on_scores() -> Step:
    """The Gaussian before the softmax."""
    scores = [e * g for e, g in zip(SCORES, nearness(P), strict=True)]
    return one_step() | {"weights": softmax(WINDOW, scores), "total": 1.0}


def gauss_alone() -> Step:
    """The Gaussian without the softmax."""
    inside = [g if s in WINDOW else 0.0 for s, g in enumerate(nearness(P))]
    return one_step() | {"weights": inside, "total": sum(inside)}


def shares_of_scores() -> list[float]:
    """The scores' shares of their sum over the window."""
    total = sum(SCORES[s] for s in WINDOW)
    return [e / total if s in WINDOW else 0.0 for s, e in enumerate(SCORES)]
