"""show_attend_tell.by_hand: REINFORCE on four places with a pencil; 1502.03044, hard attention."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.values import Tolerance, Value

# Weights and probabilities are powers of 2, so that rewards are whole and no sum needs a table.
EXPONENTIALS = (4, 2, 1, 1)  # exp of the scores ln 4, ln 2, 0, 0
CHANCES = (1 / 2, 1 / 8, 1 / 4, 1 / 16)  # p(right word | look at a place)
DRAWN = 1  # place 2
KEPT = 0.9  # of the old baseline

WEIGHTS = tuple(e / sum(EXPONENTIALS) for e in EXPONENTIALS)
REWARDS = tuple(math.log2(p) for p in CHANCES)

Numbers = list[float]
Rule = dict[str, Value]


def _mean(values: Sequence[float]) -> float:
    """Over the places, each with the chance that it is drawn."""
    return sum(a * x for a, x in zip(WEIGHTS, values, strict=True))


R = _mean(REWARDS)


def _slopes(drawn: int) -> Numbers:
    """∂ ln α_drawn by each of the scores."""
    return [(k == drawn) - a for k, a in enumerate(WEIGHTS)]


def _estimate(b: float, drawn: int = DRAWN, scale: float = 1.0) -> Numbers:
    """What one look says of each score."""
    return [scale * (REWARDS[drawn] - b) * slope for slope in _slopes(drawn)]


def _of_first_score(b: float) -> Numbers:
    """What each of the four looks says of the first score."""
    return [_estimate(b, drawn)[0] for drawn in range(len(WEIGHTS))]


def _variance(values: Sequence[float]) -> float:
    return _mean([x**2 for x in values]) - _mean(values) ** 2


def _even_variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((x - mean) ** 2 for x in values) / len(values)


def one_look() -> Rule:
    """The reference."""
    return {
        "mean": R,
        "exact": [a * (r - R) for a, r in zip(WEIGHTS, REWARDS, strict=True)],
        "estimate": _estimate(0),
        "with_baseline": _estimate(R),
        "variances": [_variance(_of_first_score(b)) for b in (0, R)],
        "next": KEPT * R + (1 - KEPT) * REWARDS[DRAWN],
    }


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: one_look() | wrong)


def _fractions() -> Rule:
    return {
        "mean": -2,
        "exact": [Fraction(1, 2), Fraction(-1, 4), 0, Fraction(-1, 4)],
        "estimate": [Fraction(3, 2), Fraction(-9, 4), Fraction(3, 8), Fraction(3, 8)],
        "with_baseline": [Fraction(1, 2), Fraction(-3, 4), Fraction(1, 8), Fraction(1, 8)],
        "variances": (Fraction(17, 16), Fraction(1, 16)),
        "next": Fraction(-21, 10),
    }


def _rounded() -> Rule:
    return {
        name: [round(x, 2) for x in part] if isinstance(part, list) else round(part, 2)
        for name, part in one_look().items()
    }


QUESTION = Question(
    id="show_attend_tell.by_hand",
    answer="one_look",
    title="REINFORCE by hand",
    points=12,
    minutes=20,
    difficulty=2,
    kind="by hand",
    cases=tuple(
        Case(name, part=name)
        for name in ("mean", "exact", "estimate", "with_baseline", "variances", "next")
    ),
    reference=one_look,
    mistakes=(
        _mistake(
            "plain mean",
            "your mean counts all places alike; each counts by its weight, the chance that it is "
            "drawn",
            mean=sum(REWARDS) / len(REWARDS),
        ),
        _mistake(
            "logarithm of the mean",
            "this is the logarithm of the mean probability; the mean reward is the mean of the "
            "logarithms, which is less",
            mean=math.log2(_mean(CHANCES)),
        ),
        _mistake(
            "probabilities for rewards",
            "this is the mean probability; the rewards are its logarithms to the base 2",
            mean=_mean(CHANCES),
        ),
        _mistake(
            "natural logarithm",
            "this mean is in natural logarithms; take those to the base 2",
            mean=R * math.log(2),
        ),
        _mistake(
            "no minus",
            "the logarithm of a probability is negative, and so is the mean of such",
            mean=-R,
        ),
        _mistake(
            "weights as if free",
            "these are α_k r_k, as if a score changed its own weight alone: all weights sum to "
            "one, and that is where −R comes from",
            exact=[a * r for a, r in zip(WEIGHTS, REWARDS, strict=True)],
        ),
        _mistake(
            "rewards less their mean",
            "these are r_k − R; a score moves its weight the more, the larger that is: multiply by "
            "α_k",
            exact=[r - R for r in REWARDS],
        ),
        _mistake(
            "exact with the sign turned",
            "your signs are turned: the score of the place with the best reward is to rise",
            exact=[a * (R - r) for a, r in zip(WEIGHTS, REWARDS, strict=True)],
        ),
        _mistake(
            "the drawn score alone",
            "ln α_2 depends on all four scores, since they share the sum below: the others get "
            "−α_k times the reward",
            estimate=[
                REWARDS[DRAWN] * slope if k == DRAWN else 0.0
                for k, slope in enumerate(_slopes(DRAWN))
            ],
        ),
        _mistake(
            "the reward alone",
            "the reward stands at the drawn place as it is; it is multiplied by the derivative of "
            "ln α_2 by each score",
            estimate=[REWARDS[DRAWN] if k == DRAWN else 0.0 for k in range(len(WEIGHTS))],
        ),
        _mistake(
            "no reward",
            "these are the derivatives of ln α_2; multiply each by the reward of the look",
            estimate=_slopes(DRAWN),
        ),
        _mistake(
            "times the chance",
            "you multiply by α_2 too, as the derivative of α_2 itself has it: here it is that of "
            "ln α_2, and the chance is in the drawing already",
            estimate=_estimate(0, scale=WEIGHTS[DRAWN]),
        ),
        _mistake(
            "estimate with the sign turned",
            "the signs of your estimate are turned: it points to where the mean reward rises",
            estimate=_estimate(0, scale=-1),
        ),
        _mistake(
            "another place drawn",
            "this is the estimate for a look at place 1; place 2 was drawn",
            estimate=_estimate(0, drawn=0),
        ),
        _mistake(
            "baseline left out",
            "the baseline changes nothing in your estimate; take b off the reward before you "
            "multiply",
            with_baseline=_estimate(0),
        ),
        _mistake(
            "baseline added",
            "you add the baseline; r_2 − b = −3 − (−2)",
            with_baseline=_estimate(-R),
        ),
        _mistake(
            "baseline added with the sign turned",
            "you take b − r_2; it is the other way round, r_2 − b",
            with_baseline=_estimate(R, scale=-1),
        ),
        _mistake(
            "baseline taken off the product",
            "you take the baseline off the products; it is taken off the reward, before that is "
            "multiplied",
            with_baseline=[x - R for x in _estimate(0)],
        ),
        _mistake(
            "mean squares",
            "these are the means of the squares; a variance has the square of the mean taken off",
            variances=[_mean([x**2 for x in _of_first_score(b)]) for b in (0, R)],
        ),
        _mistake(
            "standard deviations",
            "these are the roots of the variances; leave them squared",
            variances=[math.sqrt(_variance(_of_first_score(b))) for b in (0, R)],
        ),
        _mistake(
            "all looks alike",
            "your variances count the four looks alike; each counts by its chance α_s",
            variances=[_even_variance(_of_first_score(b)) for b in (0, R)],
        ),
        _mistake(
            "variances exchanged",
            "your two variances are exchanged: first without baseline, then with it",
            variances=[_variance(_of_first_score(b)) for b in (R, 0)],
        ),
        _mistake(
            "variances over the scores",
            "this is how the estimate of one look varies over the four scores; the question is how "
            "that of the first score varies over the looks",
            variances=[_even_variance(_estimate(b)) for b in (0, R)],
        ),
        _mistake(
            "shares exchanged",
            "you keep a tenth of the old baseline; it keeps nine tenths, and the new reward brings "
            "one",
            next=(1 - KEPT) * R + KEPT * REWARDS[DRAWN],
        ),
        _mistake(
            "nothing of the old taken away",
            "you add a tenth of the new reward to the whole baseline; only nine tenths of the old "
            "one stay",
            next=R + (1 - KEPT) * REWARDS[DRAWN],
        ),
        _mistake(
            "half and half",
            "this is halfway between; the old baseline counts nine times as much as the new reward",
            next=(R + REWARDS[DRAWN]) / 2,
        ),
    ),
    alternatives={
        "rounded to two decimals": _rounded,
        "as fractions": _fractions,
    },
    tolerance=Tolerance(absolute=0.012, relative=0.0),
)
