"""universal_transformer.counts: what a loop learns and what it computes; 1807.03819, Section 2."""

from __future__ import annotations

import itertools

import numpy as np

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.values import Value

D, HEADS, D_FF, DEPTH = 10, 5, 24, 6
STEPS = ((2, 5, 3), (1, 4))  # of the words of two sentences

ATTENTION = 4 * D * D
FEED_FORWARD = D * D_FF + D_FF + D_FF * D + D
NORMS = 2 * 2 * D
LAYER = ATTENTION + FEED_FORWARD + NORMS


def counts() -> dict[str, int]:
    """The reference."""
    return {
        "loop": LAYER,
        "stack": DEPTH * LAYER,
        "unit": D + 1,
        "rounds": max(max(sentence) for sentence in STEPS),
        "maps": DEPTH * HEADS,
    }


def _mistake(name: str, hint: str, **wrong: int) -> Mistake:
    return Mistake(name, hint, lambda: counts() | wrong)


TWO = {
    "no W_O": ("W_O, the fourth matrix of attention, is missing", -D * D),
    "no biases": ("the biases of the feed-forward network are missing", -D_FF - D),
    "no norms": ("the layer normalisations are missing", -NORMS),
}


def _of_layer(name: str, hint: str, layer: int) -> Mistake:
    return _mistake(name, hint, loop=layer, stack=DEPTH * layer)


def _numbers_of_numpy() -> dict[str, Value]:
    return {name: np.int64(number) for name, number in counts().items()}


QUESTION = Question(
    id="universal_transformer.counts",
    answer="counts",
    title="Predict what a loop learns and computes",
    points=10,
    minutes=8,
    difficulty=1,
    kind="predict",
    cases=tuple(Case(name, part=name) for name in ("loop", "stack", "unit", "rounds", "maps")),
    reference=counts,
    mistakes=(
        _mistake(
            "a loop like a stack",
            "your loop learns as much as a stack of six layers; all its steps use the same "
            "matrices",
            loop=DEPTH * LAYER,
        ),
        _mistake(
            "a stack like a loop",
            "your stack learns as much as a single layer; each of its layers has matrices of its "
            "own",
            stack=LAYER,
        ),
        _of_layer(
            "no W_O",
            "you count three matrices of attention; there is a fourth, W_O, behind the heads",
            LAYER - D * D,
        ),
        _of_layer(
            "matrices for each head",
            "you count the matrices of attention once for each head; the heads share them, d/H "
            "columns each",
            LAYER + (HEADS - 1) * ATTENTION,
        ),
        _of_layer(
            "biases of attention",
            "you count biases for the matrices of attention; here they have none",
            LAYER + 4 * D,
        ),
        _of_layer(
            "no biases",
            "the biases of the feed-forward network are missing, one of d_ff numbers and one of d",
            LAYER - D_FF - D,
        ),
        _of_layer(
            "one matrix of the feed-forward network",
            "you count one matrix of the feed-forward network; there are two, up to d_ff and back",
            LAYER - D * D_FF - D,
        ),
        _of_layer(
            "no norms",
            "the layer normalisations are missing: two, each with a scale and a shift of d numbers",
            LAYER - NORMS,
        ),
        _of_layer(
            "one norm",
            "you count half of the layer normalisations: there are two, one for each sub-layer, "
            "and each has a scale and a shift of d numbers",
            LAYER - NORMS // 2,
        ),
        *(
            _of_layer(
                f"{one}, {other}",
                f"two things are amiss: {what}, and {which}",
                LAYER + less + least,
            )
            for (one, (what, less)), (other, (which, least)) in itertools.combinations(
                TWO.items(), 2
            )
        ),
        _of_layer(
            "bias of d alone",
            "a bias of the feed-forward network is missing: d_ff numbers in the middle",
            LAYER - D_FF,
        ),
        _of_layer(
            "bias of d_ff alone",
            "a bias of the feed-forward network is missing: d numbers at its end",
            LAYER - D,
        ),
        _mistake(
            "maps of both sentences",
            "these are the maps of two sentences; the question is about each",
            maps=2 * DEPTH * HEADS,
        ),
        _mistake(
            "signals learnt",
            "you count the signals of the steps; they are sines, of which nothing is learnt",
            loop=LAYER + DEPTH * D,
        ),
        _mistake(
            "unit without bias",
            "the halting unit has a bias, too",
            unit=D,
        ),
        _mistake(
            "a unit for each step",
            "you count a halting unit for each step; it is shared like the layer",
            unit=DEPTH * (D + 1),
        ),
        _mistake(
            "unit with d outputs",
            "your halting unit gives d numbers; it gives one, the probability to be done",
            unit=D * D + D,
        ),
        _mistake(
            "all rounds",
            "six rounds are the most; when the last word has halted there is nothing left to do",
            rounds=DEPTH,
        ),
        _mistake(
            "rounds of all words",
            "you add up the steps of the words; one round makes a step of all words that run",
            rounds=sum(map(sum, STEPS)),
        ),
        _mistake(
            "mean rounds",
            "this is the mean of the words' steps; the batch goes on until its last word has "
            "halted",
            rounds=sum(map(sum, STEPS)) // sum(map(len, STEPS)),
        ),
        _mistake(
            "rounds of sentence after sentence",
            "you let one sentence run after the other; the sentences of a batch go through the "
            "rounds together",
            rounds=sum(max(sentence) for sentence in STEPS),
        ),
        _mistake(
            "maps of one step",
            "these are the maps of a single step; the states differ from step to step, and so do "
            "the maps",
            maps=HEADS,
        ),
        _mistake(
            "a map for each step",
            "you count one map for each step; each head has its own",
            maps=DEPTH,
        ),
        _mistake(
            "one map",
            "the matrices are the same in every step, but what they are applied to is not: every "
            "head makes a new map in every step",
            maps=1,
        ),
    ),
    alternatives={
        "floats": lambda: {name: float(number) for name, number in counts().items()},
        "numbers of numpy": _numbers_of_numpy,
    },
)
