"""luong.family: what the scores cost, and what they and the windows can see; 1508.04025, 3."""

from __future__ import annotations

import numpy as np

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.values import Value

EMBEDDING, HIDDEN, LONGEST = 20, 24, 30  # m, n, and L of the location score
WORDS, D, POSITION = 11, 3, 1.6  # of the window

Prediction = dict[str, Value]


def costs() -> Prediction:
    """The reference."""
    return {
        "concat": HIDDEN * 2 * HIDDEN + HIDDEN,
        "location": LONGEST * HIDDEN,
        "first_layer": EMBEDDING + HIDDEN,
        "window": 5,
        "blind": "location",
    }


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: costs() | wrong)


QUESTION = Question(
    id="luong.family",
    answer="costs",
    title="Predict what scores cost and see",
    points=10,
    minutes=10,
    difficulty=1,
    kind="predict",
    cases=tuple(
        Case(name, part=name) for name in ("concat", "location", "first_layer", "window", "blind")
    ),
    reference=costs,
    mistakes=(
        _mistake(
            "v left out",
            "you count W_a of the score concat but not v_a, which has n numbers",
            concat=HIDDEN * 2 * HIDDEN,
        ),
        _mistake(
            "W_a meets one state",
            "your W_a of the score concat has n columns; it meets [h_t; h̄_s], which has 2n numbers",
            concat=HIDDEN * HIDDEN + HIDDEN,
        ),
        _mistake(
            "general for concat",
            "this is what general has to learn; concat has a larger W_a, and v_a",
            concat=HIDDEN * HIDDEN,
        ),
        _mistake(
            "bias of concat",
            "you count a bias for concat; the paper's scores have none",
            concat=HIDDEN * 2 * HIDDEN + 2 * HIDDEN,
        ),
        _mistake(
            "location for this sentence",
            "you count a row of W_a for each word of this sentence; there is one for each position "
            "of the longest, L",
            location=WORDS * HIDDEN,
        ),
        _mistake(
            "location like general",
            "your W_a of the score location is n × n; it makes a score for each of L positions",
            location=HIDDEN * HIDDEN,
        ),
        _mistake(
            "location sees keys",
            "your W_a of the score location meets [h_t; h̄_s]; it meets h_t alone",
            location=LONGEST * 2 * HIDDEN,
        ),
        _mistake(
            "bias of location",
            "you count a bias for location; the paper's scores have none",
            location=LONGEST * HIDDEN + LONGEST,
        ),
        _mistake(
            "nothing fed",
            "this is the embedding alone; input feeding joins h̃ of the word before to it",
            first_layer=EMBEDDING,
        ),
        _mistake(
            "state alone",
            "this is h̃ alone; it is joined to the embedding of the word",
            first_layer=HIDDEN,
        ),
        _mistake(
            "context fed too",
            "you feed the context as well as h̃, which has the context in it already",
            first_layer=EMBEDDING + 2 * HIDDEN,
        ),
        _mistake(
            "size of the paper",
            "in the paper embeddings are as large as states, which makes 2n; here they have m "
            "numbers",
            first_layer=2 * HIDDEN,
        ),
        _mistake(
            "a full window",
            "this is a full window, 2D + 1; at the beginning of the sentence it is cut",
            window=2 * D + 1,
        ),
        _mistake(
            "window around 2",
            "this is the window around 2; p is rounded down, to 1",
            window=6,
        ),
        _mistake(
            "a word too few",
            "both ends belong to the window: it goes from the first word up to ⌊p⌋ + D",
            window=4,
        ),
        _mistake(
            "all words",
            "these are all the words; the window reaches D words to either side of ⌊p⌋",
            window=WORDS,
        ),
        *(
            _mistake(
                f"{name} is blind",
                f"{name} has h̄_s in its formula, so another sentence gives other scores; one of "
                "the four never looks at the source",
                blind=name,
            )
            for name in ("dot", "general", "concat")
        ),
    ),
    alternatives={
        "floats and a capital": lambda: {
            key: value.capitalize() if isinstance(value, str) else float(value)
            for key, value in costs().items()
        },
        "numbers of numpy": lambda: {
            key: value if isinstance(value, str) else np.int64(value)
            for key, value in costs().items()
        },
    },
)
