"""show_attend_tell.by_hand: REINFORCE on four places with a pencil; 1502.03044, hard attention."""

from __future__ import annotations

import math

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.show_attend_tell.by_hand_answers import (
    CHANCES,
    DRAWN,
    KEPT,
    REWARDS,
    WEIGHTS,
    R,
    as_fractions,
    estimate,
    even_variance,
    mean,
    of_first_score,
    one_look,
    rounded,
    slopes,
    variance,
)
from attention_course.exercises.values import Tolerance, Value


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: one_look() | wrong)


QUESTION = Question(
    id="show_attend_tell.by_hand",
    answer="one_look",
    title="REINFORCE by hand",
    points=10,
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
            mean=math.log2(mean(CHANCES)),
        ),
        _mistake(
            "probabilities for rewards",
            "this is the mean probability; the rewards are its logarithms to the base 2",
            mean=mean(CHANCES),
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
            "ln α_1 depends on all four scores, since they share the sum below: the others get "
            "−α_k times the reward",
            estimate=[
                REWARDS[DRAWN] * slope if k == DRAWN else 0.0
                for k, slope in enumerate(slopes(DRAWN))
            ],
        ),
        _mistake(
            "the reward alone",
            "the reward stands at the drawn place as it is; it is multiplied by the derivative of "
            "ln α_1 by each score",
            estimate=[REWARDS[DRAWN] if k == DRAWN else 0.0 for k in range(len(WEIGHTS))],
        ),
        _mistake(
            "a reward for each score",
            "you give each score the reward of its own place; there was one look, so all four get "
            "r_1",
            estimate=[r * slope for r, slope in zip(REWARDS, slopes(DRAWN), strict=True)],
        ),
        _mistake(
            "no reward",
            "these are the derivatives of ln α_1; multiply each by the reward of the look",
            estimate=slopes(DRAWN),
        ),
        _mistake(
            "times the chance",
            "you multiply by α_1 too, as the derivative of α_1 itself has it: here it is that of "
            "ln α_1, and the chance is in the drawing already",
            estimate=estimate(0, scale=WEIGHTS[DRAWN]),
        ),
        _mistake(
            "estimate with the sign turned",
            "the signs of your estimate are turned: it points to where the mean reward rises",
            estimate=estimate(0, scale=-1),
        ),
        _mistake(
            "another place drawn",
            "this is the estimate for a look at place 0, the first; place 1 was drawn, the second",
            estimate=estimate(0, drawn=0),
        ),
        _mistake(
            "baseline left out",
            "the baseline changes nothing in your estimate; take b off the reward before you "
            "multiply",
            with_baseline=estimate(0),
        ),
        _mistake(
            "baseline added",
            "you add the baseline; r_1 − b = −3 − (−2)",
            with_baseline=estimate(-R),
        ),
        _mistake(
            "baseline added with the sign turned",
            "you take b − r_1; it is the other way round, r_1 − b",
            with_baseline=estimate(R, scale=-1),
        ),
        _mistake(
            "baseline taken off the product",
            "you take the baseline off the products; it is taken off the reward, before that is "
            "multiplied",
            with_baseline=[x - R for x in estimate(0)],
        ),
        _mistake(
            "mean squares",
            "these are the means of the squares; a variance has the square of the mean taken off",
            variances=[mean([x**2 for x in of_first_score(b)]) for b in (0, R)],
        ),
        _mistake(
            "standard deviations",
            "these are the roots of the variances; leave them squared",
            variances=[math.sqrt(variance(of_first_score(b))) for b in (0, R)],
        ),
        _mistake(
            "all looks alike",
            "your variances count the four looks alike; each counts by its chance α_s",
            variances=[even_variance(of_first_score(b)) for b in (0, R)],
        ),
        _mistake(
            "variances exchanged",
            "your two variances are exchanged: first without baseline, then with it",
            variances=[variance(of_first_score(b)) for b in (R, 0)],
        ),
        _mistake(
            "variances over the scores",
            "this is how the estimate of one look varies over the four scores; the question is how "
            "that of the score of place 0 varies over the looks",
            variances=[even_variance(estimate(b)) for b in (0, R)],
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
        "rounded to two decimals": rounded,
        "as fractions": as_fractions,
    },
    tolerance=Tolerance(absolute=0.012, relative=0.0),
)
