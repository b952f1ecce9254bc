"""luong.by_hand: one step of local-p with a pencil; 1508.04025, Equations (9) and (10)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.values import Tolerance, Value

# Every exp of a score is a power of 2, σ(z) is 3/4, and the window is cut where the sentence ends.
SCORES = tuple(math.log(2) * k for k in (2, 2, 1, 2, 0, 0, 3))
WORDS = 6  # the last position is padding
SHARE = 3 / 4  # σ(ln 3)
D = 2

Step = dict[str, Value]


def _softmax(over: Sequence[int], scores: Sequence[float] = SCORES) -> list[float]:
    total = sum(math.exp(scores[s]) for s in over)
    return [math.exp(e) / total if s in over else 0.0 for s, e in enumerate(scores)]


def _nearness(centre: float, exponent: float = 1 / 2) -> list[float]:
    """exp(-exponent · (s - centre)²) at every position; the exponent is 1/2σ² with σ = D/2 = 1."""
    return [math.exp(-exponent * (s - centre) ** 2) for s in range(len(SCORES))]


def _around(p: float, length: int = WORDS) -> list[int]:
    return [s for s in range(length) if abs(s - math.floor(p)) <= D]


def _step(
    p: float,
    window: Sequence[int],
    softmax: Sequence[float],
    nearness: Sequence[float],
    scale: Callable[[float], float] = lambda total: 1.0,
) -> Step:
    """What is returned; `scale` makes of the sum of the products what they are divided by."""
    products = [a * g for a, g in zip(softmax, nearness, strict=True)]
    weights = [product / scale(sum(products)) for product in products]
    return {
        "position": p,
        "window": list(window),
        "softmax": list(softmax),
        "weights": weights,
        "total": sum(weights),
    }


def _from_position(p: float, length: int = WORDS) -> Step:
    window = _around(p, length)
    return _step(p, window, _softmax(window), _nearness(p))


P = WORDS * SHARE
WINDOW = _around(P)


def one_step() -> Step:
    """The reference."""
    return _from_position(P)


def _from_window(window: Sequence[int]) -> Step:
    return _step(P, window, _softmax(window), _nearness(P))


def _from_softmax(softmax: Sequence[float]) -> Step:
    return _step(P, WINDOW, softmax, _nearness(P))


def _from_nearness(nearness: Sequence[float]) -> Step:
    return _step(P, WINDOW, _softmax(WINDOW), nearness)


def _gauss_on_scores() -> Step:
    scores = [e * g for e, g in zip(SCORES, _nearness(P), strict=True)]
    weights = _softmax(WINDOW, scores)
    return one_step() | {"weights": weights, "total": 1.0}


def _shares() -> list[float]:
    total = sum(SCORES[s] for s in WINDOW)
    return [e / total if s in WINDOW else 0.0 for s, e in enumerate(SCORES)]


def _gauss_alone() -> Step:
    inside = [g if s in WINDOW else 0.0 for s, g in enumerate(_nearness(P))]
    return one_step() | {"weights": inside, "total": sum(inside)}


def _rounded() -> Step:
    """As a pencil has it, from the table of the question."""
    return {
        "position": 4.5,
        "window": (2, 3, 4, 5),
        "softmax": [0, 0, 0.25, 0.5, 0.13, 0.13, 0],
        "weights": [0, 0, 0.01, 0.16, 0.11, 0.11, 0],
        "total": 0.39,
    }


def _fractions() -> Step:
    quarter = Fraction(1, 4)
    softmax = [0, 0, quarter, 2 * quarter, quarter / 2, quarter / 2, 0]
    return one_step() | {"position": Fraction(9, 2), "softmax": softmax}


QUESTION = Question(
    id="luong.by_hand",
    answer="one_step",
    title="One step of local-p by hand",
    points=10,
    minutes=15,
    difficulty=2,
    kind="by hand",
    cases=tuple(
        Case(name, part=name) for name in ("position", "window", "softmax", "weights", "total")
    ),
    reference=one_step,
    mistakes=(
        Mistake(
            "length of the batch",
            "your S counts the padding; S is the number of words that the sentence itself has, 6",
            lambda: _from_position(7 * SHARE, length=7),
        ),
        Mistake(
            "the other side",
            "your p is where the sigmoid is 1/4; σ(ln 3) = 3/(1 + 3)",
            lambda: _from_position(WORDS / 4),
        ),
        Mistake(
            "no sigmoid",
            "your p is S times z; the sigmoid makes a share of z first",
            lambda: one_step() | {"position": WORDS * math.log(3)},
        ),
        Mistake(
            "the share",
            "this is the share of the sentence that lies before p; p is that share of S words",
            lambda: one_step() | {"position": SHARE},
        ),
        Mistake(
            "position rounded",
            "p is a real number; only the window is laid around it rounded down",
            lambda: one_step() | {"position": 4},
        ),
        Mistake(
            "window into the padding",
            "position 6 is padding: the window ends where the sentence ends",
            lambda: _from_window((2, 3, 4, 5, 6)),
        ),
        Mistake(
            "window too narrow",
            "your window begins at 3; it reaches from ⌊p⌋ − D to ⌊p⌋ + D, where ⌊p⌋ is p rounded "
            "down",
            lambda: _from_window((3, 4, 5)),
        ),
        Mistake(
            "window from one",
            "you count positions from 1; count from 0",
            lambda: one_step() | {"window": [s + 1 for s in WINDOW]},
        ),
        Mistake(
            "the whole sentence",
            "this is the whole sentence; the window reaches only D positions to either side of ⌊p⌋",
            lambda: _from_window(range(WORDS)),
        ),
        Mistake(
            "softmax over the sentence",
            "your softmax goes over the whole sentence; it goes over the window alone, whose "
            "weights sum to one before the Gaussian",
            lambda: _from_softmax(
                [a if s in WINDOW else 0.0 for s, a in enumerate(_softmax(range(WORDS)))]
            ),
        ),
        Mistake(
            "shares without exp",
            "your softmax takes the scores' shares of their sum; it takes exp of each first",
            lambda: _from_softmax(_shares()),
        ),
        Mistake(
            "not divided",
            "these are exp of the scores; divide each by their sum over the window",
            lambda: _from_softmax(
                [math.exp(e) if s in WINDOW else 0.0 for s, e in enumerate(SCORES)]
            ),
        ),
        Mistake(
            "softmax of the window alone",
            "you give four weights; give all seven positions, with zeros outside the window",
            lambda: (
                one_step()
                | {
                    "softmax": one_step()["softmax"][2:6],
                    "weights": one_step()["weights"][2:6],
                }
            ),
        ),
        Mistake(
            "sigma is D",
            "your Gaussian has σ = D; σ is D/2, which is 1 here",
            lambda: _from_nearness(_nearness(P, exponent=1 / 8)),
        ),
        Mistake(
            "variance not doubled",
            "your Gaussian divides the squared distance by σ²; it is divided by 2σ²",
            lambda: _from_nearness(_nearness(P, exponent=1)),
        ),
        Mistake(
            "distance not squared",
            "your Gaussian takes the distance as it is; it takes its square",
            lambda: _from_nearness([math.exp(-abs(s - P) / 2) for s in range(len(SCORES))]),
        ),
        Mistake(
            "around the floor",
            "your Gaussian lies around 4; the window is laid around ⌊p⌋, the Gaussian around p "
            "itself",
            lambda: _from_nearness(_nearness(math.floor(P))),
        ),
        Mistake(
            "renormalised",
            "your weights are made to sum to one again; the paper leaves the products as they are",
            lambda: _step(P, WINDOW, _softmax(WINDOW), _nearness(P), scale=lambda total: total),
        ),
        Mistake(
            "Gaussian on the scores",
            "you multiply the scores by the Gaussian, before the softmax; here it multiplies the "
            "weights, after it",
            _gauss_on_scores,
        ),
        Mistake(
            "Gaussian alone",
            "your weights are the Gaussian alone; it multiplies what the softmax gives",
            _gauss_alone,
        ),
        Mistake(
            "no Gaussian",
            "your weights are those of the softmax; each is still multiplied by its Gaussian",
            lambda: _from_nearness([1.0] * len(SCORES)),
        ),
    ),
    alternatives={
        "rounded to two decimals": _rounded,
        "as fractions": _fractions,
        "as tuples": lambda: {
            name: tuple(part) if isinstance(part, list) else part
            for name, part in one_step().items()
        },
    },
    tolerance=Tolerance(absolute=0.012, relative=0.0),
)
