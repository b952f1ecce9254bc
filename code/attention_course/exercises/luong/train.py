"""luong.train: choose a window that can follow, and train the model that looks through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Generator, nn

from attention_course.data.algorithmic import stretched
from attention_course.data.batches import Batch
from attention_course.data.vocabulary import PAD
from attention_course.exercises.asking import Answer
from attention_course.exercises.comparing import Problem, Rank
from attention_course.exercises.drawing import integers
from attention_course.exercises.luong.training import BATCH_SIZE, fresh, trained
from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.translating import (
    Loop,
    falling,
    few,
    habits,
    mistakes,
    set_task,
    translations,
    update,
)
from attention_course.exercises.translating import judge as judge_translations
from attention_course.exercises.values import Tolerance, Value
from attention_course.exercises.watching import examples

SENTENCES, UNSEEN, WORDS, MOST = 8_000, 200, 12, 3
SHORTEST, LONGEST = 6, 9
KNOWN = 8 * BATCH_SIZE  # of the sentences, those on which habits are seen

MakeModel = Callable[[str], nn.Module]


def choose_and_train(make_model: MakeModel, batches: Sequence[Batch]) -> nn.Module:
    """The reference."""
    model = make_model("global")
    optimizer = torch.optim.Adam(model.parameters())
    for step, batch in enumerate(batches):
        falling(1e-2, optimizer, step, len(batches))
        update(model, optimizer, batch)
    return model


# --- right, written otherwise -----------------------------------------------------------------


def _predictive(make_model: MakeModel, batches: Sequence[Batch]) -> nn.Module:
    """local-p, after a look at another model."""
    make_model("local-m")
    model = make_model("local-p")
    optimizer = torch.optim.Adam(model.parameters())
    for step, batch in enumerate(batches):
        falling(1e-2, optimizer, step, len(batches))
        update(model, optimizer, batch)
    return model


def _one_cycle(make_model: MakeModel, batches: Sequence[Batch]) -> nn.Module:
    """The loss per word summed by hand."""
    model = make_model("global")
    optimizer = torch.optim.AdamW(model.parameters())
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=len(batches))
    for batch in batches:
        logits, _ = model(batch.source, batch.source_mask, batch.target_in)
        total = F.cross_entropy(
            logits.flatten(0, 1), batch.target_out.flatten(), ignore_index=PAD, reduction="sum"
        )
        model.zero_grad()
        (total / batch.target_mask.sum()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        cycle.step()
    return model


# --- wrong ------------------------------------------------------------------------------------


def _too_short(window: str) -> Answer:
    def answer(make_model: MakeModel, batches: Sequence[Batch]) -> nn.Module:
        model = make_model(window)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
        for batch in batches[:100]:
            update(model, optimizer, batch)
        return model

    return answer


def _with_global(loop: Loop) -> Answer:
    def answer(make_model: MakeModel, batches: Sequence[Batch]) -> nn.Module:
        model = make_model("global")
        loop(model, batches)
        return model

    return answer


# --- judging and inputs -----------------------------------------------------------------------


def finish(given: Value, inputs: Inputs) -> Value:
    """Has the trained weights stretch sentences: the answer has no hand in what becomes of them.

    Returns:
        A dictionary: "window", "translations" of the unseen sentences as lists of ids, and
        "habits" on known sentences: what `translating.habits` has, "moved" and "leftovers" as
        `trained` has them. All None where no model was returned.
    """
    if given is None:
        return dict.fromkeys(("window", "translations", "habits"))
    window = given["window"]
    model = fresh(inputs["source_vocabulary"], inputs["target_vocabulary"], window)
    model.load_state_dict(given["weights"])
    model.eval()
    known = examples(inputs["source"][:KNOWN], inputs["target"][:KNOWN])
    unseen = inputs["unseen"]
    return {
        "window": window,
        "translations": translations(model, unseen, max_length=MOST * unseen.shape[1]),
        "habits": {name: given[name] for name in ("moved", "leftovers")} | habits(model, known),
    }


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """As for all translators; without a model there is nothing to judge."""
    if given is None:
        return Problem(
            Rank.NOTHING, "your function has to return the model that it had made and has trained"
        )
    return judge_translations(given, expected, inputs, tolerance)


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
        Case("unseen sentences", _draw, part="translations"),
        Case("known sentences", _draw, part="habits"),
    ),
    reference=choose_and_train,
    mistakes=(
        *mistakes(_with_global),
        Mistake(
            "the window falls behind",
            "local-m moves on by one source word with each target word, but a target is about "
            "twice as long as its source: choose a window that can stay where it is",
            _too_short("local-m"),
            sign=_shows_monotonic,
        ),
        Mistake(
            "positions not found",
            "local-p can follow, but your model has not learnt well enough where to look: go over "
            "the batches once more, or choose the window that needs no position",
            _too_short("local-p"),
            sign=_shows_predictive,
        ),
    ),
    alternatives={
        "local-p": _predictive,
        "one cycle, ignore_index": _one_cycle,
    },
    ask=trained,
    finish=finish,
    judge=judge,
    kept_back=("unseen", "translations", "habits"),
    barred=("attention_course.training", "attention_course.exercises.luong"),
    seconds=120,
)
