"""luong.by_hand: one step of local-p with a pencil; 1508.04025, Equations (9) and (10)."""

from __future__ import annotations

import math

from attention_course.exercises.luong.by_hand_answers import (
    ODDS,
    SCORES,
    SHARE,
    SIGMA,
    WINDOW,
    WORDS,
    D,
    P,
    around,
    as_fractions,
    gauss_alone,
    gauss_on_scores,
    nearness,
    of_chapter,
    one_step,
    rounded,
    shares_of_scores,
    softmax,
    step,
)
from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.values import Tolerance, Value


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: one_step() | wrong)


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
            "the chapter's step",
            "these are the numbers of the chapter; here S, D, z and the scores are others",
            of_chapter,
        ),
        Mistake(
            "length of the batch",
            "your S counts the padding; S is the number of words that the sentence itself has, 9",
            lambda: step(len(SCORES) * SHARE, window=around(len(SCORES) * SHARE, len(SCORES))),
        ),
        Mistake(
            "the other side",
            "your p is where the sigmoid is 1/6; σ(ln 5) = 5/(1 + 5)",
            lambda: step(WORDS * (1 - SHARE)),
        ),
        _mistake(
            "no sigmoid",
            "your p is S times z; the sigmoid makes a share of z first",
            position=WORDS * math.log(ODDS),
        ),
        _mistake(
            "z as it is",
            "this is z; the position is S σ(z)",
            position=math.log(ODDS),
        ),
        _mistake(
            "the share",
            "this is the share of the sentence that lies before p; p is that share of S words",
            position=SHARE,
        ),
        Mistake(
            "position rounded",
            "p is a real number; only the window is laid around it rounded down",
            lambda: step(math.floor(P)),
        ),
        Mistake(
            "position rounded up",
            "p is a real number, and where it is rounded, for the window, it is rounded down",
            lambda: step(math.ceil(P)),
        ),
        Mistake(
            "window into the padding",
            "position 9 is padding: the window ends where the sentence ends",
            lambda: step(window=(4, 5, 6, 7, 8, 9)),
        ),
        _mistake(
            "window beyond the table",
            "your window ends at 10, where there is nothing: it ends where the sentence ends, at 8",
            window=[4, 5, 6, 7, 8, 9, 10],
        ),
        Mistake(
            "window too narrow",
            "your window begins at 5; it reaches from ⌊p⌋ − D to ⌊p⌋ + D, where ⌊p⌋ is p rounded "
            "down",
            lambda: step(window=(5, 6, 7, 8)),
        ),
        _mistake(
            "window from one",
            "you count positions from 1; count from 0",
            window=[s + 1 for s in WINDOW],
        ),
        Mistake(
            "the whole sentence",
            "this is the whole sentence; the window reaches only D positions to either side of ⌊p⌋",
            lambda: step(window=range(WORDS)),
        ),
        Mistake(
            "softmax over the sentence",
            "your softmax goes over the whole sentence; it goes over the window alone, whose "
            "weights sum to one before the Gaussian",
            lambda: step(
                shares=[a if s in WINDOW else 0.0 for s, a in enumerate(softmax(range(WORDS)))]
            ),
        ),
        Mistake(
            "shares without exp",
            "your softmax takes the scores' shares of their sum; it takes exp of each first",
            lambda: step(shares=shares_of_scores()),
        ),
        Mistake(
            "not divided",
            "these are exp of the scores; divide each by their sum over the window",
            lambda: step(
                shares=[math.exp(e) if s in WINDOW else 0.0 for s, e in enumerate(SCORES)]
            ),
        ),
        Mistake(
            "softmax of the window alone",
            "you give five weights; give all ten positions, with zeros outside the window",
            lambda: one_step() | {name: one_step()[name][4:9] for name in ("softmax", "weights")},
        ),
        Mistake(
            "sigma is D",
            "your Gaussian has σ = D; σ is D/2, which is 1.5 here",
            lambda: step(near=nearness(P, 1 / (2 * D**2))),
        ),
        Mistake(
            "sigma of the chapter",
            "your Gaussian has σ = 1, as in the chapter; here D is 3, and σ is D/2 = 1.5",
            lambda: step(near=nearness(P, 1 / 2)),
        ),
        Mistake(
            "variance not doubled",
            "your Gaussian divides the squared distance by σ²; it is divided by 2σ²",
            lambda: step(near=nearness(P, 1 / SIGMA**2)),
        ),
        Mistake(
            "sigma not squared",
            "your Gaussian divides the squared distance by 2σ; it is divided by 2σ²",
            lambda: step(near=nearness(P, 1 / (2 * SIGMA))),
        ),
        Mistake(
            "distance not squared",
            "your Gaussian takes the distance as it is; it takes its square",
            lambda: step(near=[math.exp(-abs(s - P) / (2 * SIGMA**2)) for s in range(len(SCORES))]),
        ),
        Mistake(
            "around the floor",
            "your Gaussian lies around 7; the window is laid around ⌊p⌋, the Gaussian around p "
            "itself",
            lambda: step(near=nearness(math.floor(P))),
        ),
        Mistake(
            "around the next",
            "your Gaussian lies around 8; it lies around p itself, which is no whole number",
            lambda: step(near=nearness(math.ceil(P))),
        ),
        Mistake(
            "renormalised",
            "your weights are made to sum to one again; the paper leaves the products as they are",
            lambda: step(scale=lambda total: total),
        ),
        Mistake(
            "Gaussian on the scores",
            "you multiply the scores by the Gaussian, before the softmax; here it multiplies the "
            "weights, after it",
            gauss_on_scores,
        ),
        Mistake(
            "Gaussian alone",
            "your weights are the Gaussian alone; it multiplies what the softmax gives",
            gauss_alone,
        ),
        Mistake(
            "no Gaussian",
            "your weights are those of the softmax; each is still multiplied by its Gaussian",
            lambda: step(near=[1.0] * len(SCORES)),
        ),
    ),
    alternatives={
        "rounded to two decimals": rounded,
        "as fractions": as_fractions,
        "as tuples": lambda: {
            name: tuple(part) if isinstance(part, list) else part
            for name, part in one_step().items()
        },
    },
    tolerance=Tolerance(absolute=0.012, relative=0.0),
)
