"""luong.train: choose a window that can follow, and train the model that looks through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from torch import Generator, nn

from attention_course.data.algorithmic import stretched
from attention_course.data.batches import Batch
from attention_course.exercises.asking import Answer
from attention_course.exercises.drawing import integers
from attention_course.exercises.loops import Loop, constant, falling, mistakes, one_cycle
from attention_course.exercises.luong.training import fresh, trained
from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.translating import set_task, translated
from attention_course.exercises.values import Value
from attention_course.exercises.writing import few, judge

SENTENCES, UNSEEN, WORDS, MOST = 8_000, 200, 12, 3
SHORTEST, LONGEST = 6, 9

MakeModel = Callable[[str], nn.Module]


def choose_and_train(make_model: MakeModel, batches: Sequence[Batch]) -> nn.Module:
    """The reference."""
    model = make_model("global")
    falling(model, batches)
    return model


# --- right, written otherwise, and wrong ------------------------------------------------------


def _predictive(make_model: MakeModel, batches: Sequence[Batch]) -> nn.Module:
    """local-p, after a look at another model."""
    make_model("local-m")
    model = make_model("local-p")
    falling(model, batches)
    return model


def _with(window: str, loop: Loop) -> Answer:
    def answer(make_model: MakeModel, batches: Sequence[Batch]) -> nn.Module:
        model = make_model(window)
        loop(model, batches)
        return model

    return answer


def _too_short(model: nn.Module, batches: Sequence[Batch]) -> None:
    constant(model, batches[:100], rate=1e-2)


# --- judging and inputs -----------------------------------------------------------------------


def finish(given: Value, inputs: Inputs) -> Value:
    """What the trained weights make of unseen sentences, and how the model behaves.

    Returns:
        What `writing.written` has, and "window". All None where no model was returned.
    """
    if given is None:
        return dict.fromkeys(("window", "sentences", "habits"))
    window = given["window"]
    model = fresh(inputs["source_vocabulary"], inputs["target_vocabulary"], window)
    return translated(model, given, inputs, stretch=MOST) | {"window": window}


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
    reference=choose_and_train,
    mistakes=(
        *mistakes(partial(_with, "global")),
        Mistake(
            "the window falls behind",
            "local-m moves on by one source word with each target word, but a target is about "
            "twice as long as its source: choose a window that can stay where it is",
            _with("local-m", _too_short),
            sign=_shows_monotonic,
        ),
        Mistake(
            "positions not found",
            "local-p can follow, but your model has not learnt well enough where to look: go over "
            "the batches once more, or choose the window that needs no position",
            _with("local-p", _too_short),
            sign=_shows_predictive,
        ),
    ),
    alternatives={
        "local-p": _predictive,
        "one cycle, ignore_index": _with("global", partial(one_cycle, clip=1.0)),
    },
    ask=trained,
    finish=finish,
    judge=judge,
    kept_back=("unseen", "sentences", "habits"),
    barred=("attention_course.training", "attention_course.exercises.luong"),
    seconds=120,
)
