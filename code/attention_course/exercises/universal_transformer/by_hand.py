"""universal_transformer.by_hand: four words halt, with a pencil; 1603.08983, Section 2.1."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.universal_transformer.by_hand_answers import (
    THRESHOLD,
    WORDS,
    P,
    T,
    as_fractions,
    blended,
    by_pencil,
    last_states,
    means,
    of_chapter,
    rest,
    rounded,
    steps_of,
    thought,
)
from attention_course.exercises.values import Tolerance, Value

RIGHT = by_pencil()


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: by_pencil() | wrong)


def _spent(p: Sequence[Fraction], N: int) -> Fraction:
    return sum(p[:N], Fraction())


QUESTION = Question(
    id="universal_transformer.by_hand",
    answer="by_pencil",
    title="Let four words halt by hand",
    points=10,
    minutes=14,
    difficulty=2,
    kind="by hand",
    cases=tuple(
        Case(name, part=name) for name in ("steps", "remainders", "results", "cost", "gradient")
    ),
    reference=by_pencil,
    mistakes=(
        Mistake(
            "the chapter's words",
            "these are the numbers of the chapter's three words; here are four others",
            of_chapter,
        ),
        Mistake(
            "at the threshold",
            "a sum that meets the threshold exactly is not yet above it: the word goes on",
            lambda: thought(halts=lambda p, n: _spent(p, n) >= THRESHOLD),
        ),
        Mistake(
            "the sum before",
            "your words halt a step late: the probability of the step itself belongs to the sum",
            lambda: thought(halts=lambda p, n: _spent(p, n - 1) > THRESHOLD),
        ),
        Mistake(
            "one probability above it",
            "your words halt when a single probability is above the threshold; it is the sum so "
            "far that counts",
            lambda: thought(halts=lambda p, n: p[n - 1] > THRESHOLD),
        ),
        Mistake(
            "no halting",
            "all your words take all four steps; a word halts as soon as its sum is above the "
            "threshold",
            lambda: thought(steps=[T] * len(WORDS)),
        ),
        _mistake(
            "steps from zero",
            "you count steps from 0; the first step is number 1, and N says how many were made",
            steps=[n - 1 for n in RIGHT["steps"]],
        ),
        _mistake(
            "a fifth step",
            "one of your words takes a fifth step; there are four at most, and the fourth ends it",
            steps=[n + (steps_of(p) == T) for n, p in zip(RIGHT["steps"], P, strict=True)],
        ),
        Mistake(
            "last probability",
            "your remainders are the probabilities of the last steps; R is what the steps before "
            "have left of 1",
            lambda: thought(remainder=lambda p, N: p[N - 1]),
        ),
        Mistake(
            "after the last probability",
            "you take the last step's probability away too; R is what the steps before it have "
            "left of 1",
            lambda: thought(remainder=lambda p, N: 1 - _spent(p, N)),
        ),
        Mistake(
            "up to the threshold",
            "your remainders are what is left of the threshold; R is what is left of 1",
            lambda: thought(remainder=lambda p, N: THRESHOLD - _spent(p, N - 1)),
        ),
        Mistake(
            "no remainder at the limit",
            "the word that runs into the limit halts there like any other: its last weight is what "
            "is left of 1",
            lambda: thought(
                remainder=lambda p, N: rest(p, N) if _spent(p, N) > THRESHOLD else p[N - 1]
            ),
        ),
        _mistake(
            "last states",
            "your results are the states of the last steps alone; they are weighted sums of all "
            "states up to there",
            results=last_states(),
        ),
        _mistake(
            "means of the states",
            "your results are plain means of the states; each state counts with its weight",
            results=means(),
        ),
        _mistake(
            "blended",
            "your results are blended, each new state taking its share from what was there before; "
            "in the text's sum every state keeps its own weight",
            results=blended(),
        ),
        _mistake(
            "N alone",
            "this is the mean of N alone; R belongs to the cost",
            cost=sum(RIGHT["steps"]) / len(WORDS),
        ),
        _mistake(
            "R alone",
            "this is the mean of R alone; the cost of a word is N + R",
            cost=sum(RIGHT["remainders"]) / len(WORDS),
        ),
        _mistake(
            "sum over the words",
            "this is the sum over the four words; the cost is their mean",
            cost=RIGHT["cost"] * len(WORDS),
        ),
        _mistake(
            "R taken away",
            "you take R away from N; it is added",
            cost=(sum(RIGHT["steps"]) - sum(RIGHT["remainders"])) / len(WORDS),
        ),
        _mistake(
            "uphill",
            "your derivatives have the wrong sign: where an earlier probability grows, less "
            "remains",
            gradient=[1, 1, 0, 0],
        ),
        _mistake(
            "the last step too",
            "the probability of the last step does not enter R, so its derivative is 0",
            gradient=[-1, -1, -1, 0],
        ),
        _mistake(
            "the last step alone",
            "the remainder depends on the probabilities before the last step, not on that of the "
            "last",
            gradient=[0, 0, -1, 0],
        ),
        _mistake(
            "the remainder's own",
            "you take R for something that can be turned by itself; it is 1 minus the "
            "probabilities before the last step, and the derivatives go to these",
            gradient=[0, 0, 1, 0],
        ),
        _mistake(
            "all steps",
            "the word makes three steps: what would come in the fourth changes nothing",
            gradient=[-1, -1, -1, -1],
        ),
        _mistake(
            "no gradient",
            "only N has no gradient: R is 1 minus the probabilities before the last step",
            gradient=[0, 0, 0, 0],
        ),
        _mistake(
            "of the mean",
            "you have divided by the number of words; the derivatives of this one word's cost are "
            "asked for",
            gradient=[-0.25, -0.25, 0, 0],
        ),
    ),
    alternatives={"as fractions": as_fractions, "rounded": rounded},
    tolerance=Tolerance(absolute=0.006, relative=0.0),
)
