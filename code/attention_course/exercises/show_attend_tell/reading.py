"""show_attend_tell.reading: where a captioner looked, and how much of that is on the object."""

from __future__ import annotations

import numpy as np

from attention_course.data.scenes import locations
from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.values import Tolerance, Value

# Made up: 24 × 24 pixels in 3 × 3 places of 8 × 8. The ring lies on four of them.
SIDE, GRID = 24, (3, 3)
BOXES = ((1, 17, 7, 23), (13, 6, 19, 12))  # top, left, bottom, right, the last two no more in it
WORDS = ("red", "square", "and", "blue", "ring", "<eos>")
NAMED = (0, 0, -1, 1, 1, -1)  # square, ring, or nothing
WEIGHTS = (
    (0.02, 0.06, 0.78, 0.02, 0.02, 0.05, 0.01, 0.02, 0.02),
    (0.01, 0.03, 0.38, 0.01, 0.03, 0.51, 0.01, 0.01, 0.01),
    (0.12, 0.10, 0.15, 0.10, 0.10, 0.13, 0.08, 0.11, 0.11),
    (0.03, 0.02, 0.04, 0.25, 0.31, 0.02, 0.13, 0.18, 0.02),
    (0.02, 0.02, 0.29, 0.20, 0.17, 0.03, 0.11, 0.13, 0.03),
    (0.12, 0.10, 0.14, 0.11, 0.10, 0.11, 0.08, 0.09, 0.15),
)

Reading = dict[str, Value]


def _on(t: int) -> np.ndarray:
    """Which places belong to the object that a word names (L,)."""
    return locations(BOXES[NAMED[t]], GRID, SIDE)


NAMING = [t for t, k in enumerate(NAMED) if k >= 0]
MASSES = [sum(w for w, on in zip(WEIGHTS[t], _on(t), strict=True) if on) for t in NAMING]
LARGEST = [max(range(9), key=row.__getitem__) for row in WEIGHTS]
COVERAGE = [sum(column) for column in zip(*WEIGHTS, strict=True)]
RING = [int(i) for i in np.flatnonzero(locations(BOXES[1], GRID, SIDE))]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def read_map() -> Reading:
    """The reference."""
    return {
        "places": RING,
        "pointing": _mean(MASSES),
        "chance": _mean([float(_on(t).mean()) for t in NAMING]),
        "beside": [t for t in NAMING if not _on(t)[LARGEST[t]]],
        "punished": max(range(9), key=lambda i: (1 - COVERAGE[i]) ** 2),
        "reason": "b",
    }


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: read_map() | wrong)


def _per_place() -> float:
    return _mean([m / int(_on(t).sum()) for m, t in zip(MASSES, NAMING, strict=True)])


def _largest_on_object() -> float:
    return _mean([max(np.array(WEIGHTS[t])[_on(t)].tolist()) for t in NAMING])


QUESTION = Question(
    id="show_attend_tell.reading",
    answer="read_map",
    title="Read where it pointed",
    points=9,
    minutes=15,
    difficulty=2,
    kind="read",
    cases=tuple(
        Case(name, part=name)
        for name in ("places", "pointing", "chance", "beside", "punished", "reason")
    ),
    reference=read_map,
    mistakes=(
        _mistake(
            "places from one",
            "you count the places from 1; count from 0",
            places=[i + 1 for i in RING],
        ),
        _mistake(
            "one place",
            "the ring's box shares pixels with more places than this one; all of them belong to it",
            places=[4],
        ),
        _mistake(
            "upper row alone",
            "the ring reaches below row 15 of the pixels, into the last row of places",
            places=[3, 4],
        ),
        _mistake(
            "right column alone",
            "the ring begins in column 6 of the pixels, in the first column of places",
            places=[4, 7],
        ),
        _mistake(
            "column by column",
            "you count the places column by column; they are counted row by row",
            places=[1, 2, 4, 5],
        ),
        _mistake(
            "every word",
            "you divide by all six words; words that name nothing are left out",
            pointing=sum(MASSES) / len(WORDS),
        ),
        _mistake(
            "every word but the end",
            "you count `and` as a word that missed; it names nothing, and is left out",
            pointing=sum(MASSES) / (len(WORDS) - 1),
        ),
        _mistake(
            "hits of the largest weight",
            "you count how often the largest weight lies on the object; pointing accuracy is the "
            "share of the whole attention that lies there",
            pointing=(len(NAMING) - 2) / len(NAMING),
        ),
        _mistake(
            "largest weights",
            "you take the largest weight on each object; add up all weights that lie on it",
            pointing=_largest_on_object(),
        ),
        _mistake(
            "divided by the places",
            "you divide the weights on the ring by its number of places; they are added up",
            pointing=_per_place(),
        ),
        _mistake(
            "not divided",
            "this is the sum over the words; pointing accuracy is their mean",
            pointing=sum(MASSES),
        ),
        _mistake(
            "attention anywhere on an object",
            "you count attention on either object; only that on the one being named counts",
            pointing=_mean(
                [sum(w for i, w in enumerate(WEIGHTS[t]) if i == 2 or i in RING) for t in NAMING]
            ),
        ),
        _mistake(
            "chance of one place",
            "this is the share of a single place; the ring has more of them",
            chance=1 / 9,
        ),
        _mistake(
            "chance of both",
            "this is the share of both objects together; for each word, the share of the one that "
            "it names counts",
            chance=5 / 9,
        ),
        _mistake(
            "one object in two",
            "this would be the chance to guess one of two objects; even weights mostly fall on "
            "neither",
            chance=1 / 2,
        ),
        _mistake(
            "chance of pixels",
            "this is the share of pixels; attention sees places, and an object has all those that "
            "it touches",
            chance=36 / SIDE**2,
        ),
        _mistake(
            "beside from one",
            "you count the words from 1; count from 0",
            beside=[2, 5],
        ),
        _mistake(
            "words that name nothing too",
            "a word that names nothing cannot look beside its object",
            beside=[1, 2, 4, 5],
        ),
        _mistake(
            "and too",
            "`and` names nothing, so it cannot look beside its object",
            beside=[1, 2, 4],
        ),
        _mistake(
            "square alone",
            "one more is missing: the largest weight of `ring` does not lie on the ring, though "
            "most of its attention does",
            beside=[1],
        ),
        _mistake(
            "ring alone",
            "one more is missing: compare the largest weight of `square` with where the square is",
            beside=[4],
        ),
        _mistake(
            "those that hit",
            "these are the words whose largest weight lies on their object; the question is about "
            "the others",
            beside=[0, 3],
        ),
        _mistake(
            "least looked at",
            "this place was looked at least, but it lacks less to 1 than another place has too "
            "much",
            punished=min(range(9), key=COVERAGE.__getitem__),
        ),
        _mistake(
            "nearly one",
            "the weights of this place add up nearest to 1, so the penalty leaves it nearly alone",
            punished=min(range(9), key=lambda i: (1 - COVERAGE[i]) ** 2),
        ),
        _mistake(
            "reason a",
            "the gate scales all places alike, so that it cannot move a look to another place",
            reason="a",
        ),
        _mistake(
            "reason c",
            "each row of the table does sum to one, over the places, as it should",
            reason="c",
        ),
        _mistake(
            "reason d",
            "the penalty knows nothing of objects, and nobody tells the model where they are",
            reason="d",
        ),
    ),
    alternatives={
        "rounded": lambda: read_map() | {"pointing": 0.66, "chance": 0.28},
        "tuples and a capital": lambda: (
            read_map() | {"places": (3, 4, 6, 7), "beside": (1, 4), "reason": "(B)"}
        ),
        "a number of numpy and a fraction": lambda: (
            read_map() | {"punished": np.int64(2), "chance": 5 / 18}
        ),
    },
    tolerance=Tolerance(absolute=0.006, relative=0.0),
)
