"""encoder_decoder.forgetting: how the share of right sentences falls with their length, and why."""

from __future__ import annotations

import math
from collections.abc import Callable

from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.values import Tolerance, Value

RIGHT = 0.98  # of the words, each independent of the others
LENGTHS = {"five": 5, "twenty": 20, "forty": 40}

Prediction = dict[str, float | str]


def forgetting() -> Prediction:
    """The reference."""
    return _shares(lambda length: RIGHT**length)


def _shares(share: Callable[[int], float], reason: str = "b") -> Prediction:
    shares: Prediction = {name: share(length) for name, length in LENGTHS.items()}
    return shares | {"reason": reason}


def _shows_percent(given: Value, expected: Value, inputs: Inputs) -> bool:
    """However many decimals were written."""
    return all(abs(given[name] - 100 * expected[name]) < 1 for name in LENGTHS)


def _wrong_reason(letter: str, hint: str) -> Mistake:
    return Mistake(f"reason {letter}", hint, lambda: forgetting() | {"reason": letter})


QUESTION = Question(
    id="encoder_decoder.forgetting",
    answer="forgetting",
    title="Predict how accuracy falls",
    points=6,
    minutes=5,
    difficulty=1,
    kind="predict",
    cases=(*(Case(name, part=name) for name in LENGTHS), Case("reason", part="reason")),
    reference=forgetting,
    mistakes=(
        Mistake(
            "the same for all",
            "that is the share of right words; a sentence is right only if all of its words are",
            lambda: _shares(lambda length: RIGHT),
        ),
        Mistake(
            "errors added up",
            "you take 2 % off for every word; the chances multiply, 0.98 · 0.98 · …",
            lambda: _shares(lambda length: 1 - (1 - RIGHT) * length),
        ),
        Mistake(
            "wrong sentences",
            "that is the share of sentences with a mistake; the question asks for those without",
            lambda: _shares(lambda length: 1 - RIGHT**length),
        ),
        Mistake(
            "percent",
            "these are percentages; give shares between 0 and 1",
            lambda: _shares(lambda length: 100 * RIGHT**length),
            sign=_shows_percent,
        ),
        Mistake(
            "one word less",
            "you multiply one word too few: five words are five chances to go wrong",
            lambda: _shares(lambda length: RIGHT ** (length - 1)),
        ),
        _wrong_reason(
            "a",
            "rare long sentences would explain a model that never learnt them; this one loses what "
            "it has read even where long sentences are common in training",
        ),
        _wrong_reason(
            "c",
            "the decoder does see its own earlier words, through its state and its input",
        ),
        _wrong_reason(
            "d",
            "the softmax over the vocabulary is as large for every word, in short sentences and "
            "long ones",
        ),
    ),
    alternatives={
        "rounded": lambda: {"five": 0.9, "twenty": 0.67, "forty": 0.45, "reason": "b"},
        "capital letter": lambda: forgetting() | {"reason": " B "},
        "by multiplying": lambda: _shares(lambda length: math.prod([RIGHT] * length)),
    },
    tolerance=Tolerance(absolute=0.0051, relative=0.0),
)
