"""luong.train: choose a window that can follow, and train the model that looks through it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from torch import Generator, nn

from attention_course.data.algorithmic import stretched
from attention_course.data.batches import Batch
from attention_course.exercises.choosing_answers import finished, trained_with
from attention_course.exercises.drawing import integers
from attention_course.exercises.loops import constant, falling, mistakes, one_cycle
from attention_course.exercises.luong.training import fresh, trained
from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.translating import set_task
from attention_course.exercises.values import Value
from attention_course.exercises.writing import few, judge

SENTENCES, UNSEEN, WORDS, MOST = 8_000, 200, 12, 3
SHORTEST, LONGEST = 6, 9


def _too_short(model: nn.Module, batches: Sequence[Batch]) -> None:
    constant(model, batches[:100], rate=1e-2)


# --- judging and inputs -----------------------------------------------------------------------


def _shows_monotonic(given: Value, expected: Value, inputs: Inputs) -> bool:
    return given["window"] == "local-m" and few(given, expected)


def _shows_predictive(given: Value, expected: Value, inputs: Inputs) -> bool:
    return given["window"] == "local-p" and few(given, expected)


def _draw(generator: Generator) -> dict[str, Value]:
    sentences = stretched(
        train=SENTENCES,
        validation=0,
        test=UNSEEN,
        words=WORDS,
        most=MOST,
        min_length=SHORTEST,
        max_length=LONGEST,
        seed=int(integers(generator, 0, 2**31, 1)),
    )
    return set_task(sentences)


QUESTION = Question(
    id="luong.train",
    answer="choose_and_train",
    title="Choose a window and train",
    points=10,
    minutes=20,
    difficulty=2,
    kind="train",
    cases=(
        Case("unseen sentences", _draw, part="sentences"),
        Case("known sentences", _draw, part="habits"),
    ),
    reference=trained_with("global", falling),
    mistakes=(
        *mistakes(partial(trained_with, "global")),
        Mistake(
            "the window falls behind",
            "local-m moves on by one source word with each target word, but a target is about "
            "twice as long as its source: choose a window that can stay where it is",
            trained_with("local-m", _too_short),
            sign=_shows_monotonic,
        ),
        Mistake(
            "positions not found",
            "local-p can follow, but your model has not learnt well enough where to look: go over "
            "the batches once more, or choose the window that needs no position",
            trained_with("local-p", _too_short),
            sign=_shows_predictive,
        ),
    ),
    alternatives={
        "local-p": trained_with("local-p", falling, after="local-m"),
        "one cycle, ignore_index": trained_with("global", partial(one_cycle, clip=1.0)),
    },
    ask=trained,
    finish=partial(finished, name="window", fresh=fresh, stretch=MOST),
    judge=judge,
    kept_back=("unseen", "sentences", "habits"),
    barred=("attention_course.training", "attention_course.exercises.luong"),
    seconds=120,
)
