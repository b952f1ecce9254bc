"""The numbers of universal_transformer.by_hand, and what a pencil makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from attention_course.exercises.values import Value

# Other numbers than in the chapter. The sum of "saw" meets the threshold exactly after two steps,
# and "that" is stopped by the limit.
WORDS = ("we", "saw", "that", "film")
P = tuple(
    tuple(Fraction(eighths, 8) for eighths in row)
    for row in ((7, 2, 4, 3), (4, 2, 3, 1), (1, 1, 2, 1), (2, 5, 4, 6))
)
H = ((6, 2, 3, 5), (4, 8, 2, 6), (8, 0, 4, 2), (4, 8, 1, 3))
THRESHOLD = Fraction(3, 4)
T = 4
PULLED = 1  # the word whose gradient is asked for

Row = Sequence[Fraction]
Halts = Callable[[Row, int], bool]  # of a word's probabilities and the number of a step


def above(p: Row, n: int) -> bool:
    """Whether the probabilities up to step n are above the threshold."""
    return sum(p[:n]) > THRESHOLD


def steps_of(p: Row, halts: Halts = above) -> int:
    """N."""
    return next((n for n in range(1, T + 1) if halts(p, n)), T)


def rest(p: Row, N: int) -> Fraction:
    """R."""
    return 1 - sum(p[: N - 1], Fraction())


def thought(
    *,
    halts: Halts = above,
    steps: Sequence[int] | None = None,
    remainder: Callable[[Row, int], Fraction] = rest,
    pull: Callable[[int, int], float] = lambda n, N: -1.0 if n < N else 0.0,
) -> dict[str, Value]:
    """What is returned; by default what is right.

    Args:
        halts: whether a word halts with a step.
        steps: N of each word, where it is not found so.
        remainder: R of a word with its probabilities and N.
        pull: the derivative at the probability of a step, with the word's N.
    """
    N = [steps_of(p, halts) for p in P] if steps is None else list(steps)
    R = [remainder(p, n) for p, n in zip(P, N, strict=True)]
    results = [
        sum((w * s for w, s in zip((*p[: n - 1], r), h, strict=False)), Fraction())
        for p, h, n, r in zip(P, H, N, R, strict=True)
    ]
    return {
        "steps": N,
        "remainders": list(map(float, R)),
        "results": list(map(float, results)),
        "cost": float(sum(N) + sum(R)) / len(WORDS),
        "gradient": [pull(n, N[PULLED]) for n in range(1, T + 1)],
    }


def by_pencil() -> dict[str, Value]:
    """The reference."""
    return thought()


# --- right, written otherwise -----------------------------------------------------------------


def as_fractions() -> dict[str, Value]:
    """With fractions and tuples."""
    return by_pencil() | {
        "remainders": (1, Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)),
        "results": (6, Fraction(9, 2), 3, 7),
        "cost": Fraction(25, 8),
    }


def rounded() -> dict[str, Value]:
    """With two decimals."""
    return {
        "steps": (1, 3, 4, 2),
        "remainders": [1.0, 0.25, 0.5, 0.75],
        "results": [6.0, 4.5, 3.0, 7.0],
        "cost": 3.13,
        "gradient": [-1, -1, 0, 0],
    }


# --- wrong ------------------------------------------------------------------------------------


def of_chapter() -> dict[str, Value]:
    """The chapter's own words, which are not asked for."""
    return {
        "steps": [1, 2, 3],
        "remainders": [1, 1 / 2, 13 / 20],
        "results": [5, 1 / 2, -9 / 20],
        "cost": 2.717,
        "gradient": [-1, 0, 0],
    }


def blended() -> list[float]:
    """Results in which each step is blended with what there was before."""
    found = []
    for p, h in zip(P, H, strict=True):
        N, result = steps_of(p), Fraction()
        for w, s in zip((*p[: N - 1], rest(p, N)), h, strict=False):
            result = w * s + (1 - w) * result
        found.append(float(result))
    return found


def last_states() -> list[float]:
    """The state with which each word halts."""
    return [float(h[steps_of(p) - 1]) for p, h in zip(P, H, strict=True)]


def means() -> list[float]:
    """The mean of each word's states."""
    return [sum(h[: steps_of(p)]) / steps_of(p) for p, h in zip(P, H, strict=True)]
