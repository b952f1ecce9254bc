"""bahdanau.train: write the training loop, and translate sentences that nobody has seen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from torch import Generator, nn

from attention_course.data.batches import Batch
from attention_course.data.translation import corpus
from attention_course.exercises.bahdanau.training import fresh, trained
from attention_course.exercises.drawing import integers
from attention_course.exercises.loops import constant, falling, mistakes, one_cycle
from attention_course.exercises.question import Case, Inputs, Question
from attention_course.exercises.translating import set_task, translated
from attention_course.exercises.values import Value
from attention_course.exercises.writing import judge

SENTENCES, UNSEEN, LONGEST = 16_000, 200, 6


def train(model: nn.Module, batches: Sequence[Batch]) -> None:
    """The reference."""
    falling(model, batches)


def finish(given: Value, inputs: Inputs) -> Value:
    """What the trained weights translate, and how the model behaves: see `writing.written`."""
    model = fresh(inputs["source_vocabulary"], inputs["target_vocabulary"])
    return translated(model, given, inputs, stretch=2)


def _draw(generator: Generator) -> dict[str, Value]:
    sentences = corpus(
        train=SENTENCES,
        validation=0,
        test=UNSEEN,
        max_length=LONGEST,
        typical_length=LONGEST - 1,
        seed=int(integers(generator, 0, 2**31, 1)),
    )
    return set_task(sentences)


QUESTION = Question(
    id="bahdanau.train",
    answer="train",
    title="Train until it translates",
    points=10,
    minutes=20,
    difficulty=2,
    kind="train",
    cases=(
        Case("unseen sentences", _draw, part="sentences"),
        Case("known sentences", _draw, part="habits"),
    ),
    reference=train,
    mistakes=mistakes(lambda loop: loop),
    alternatives={
        "AdamW at a constant rate": partial(constant, rate=6e-3),
        "one cycle, ignore_index, no clipping": one_cycle,
    },
    ask=trained,
    finish=finish,
    judge=judge,
    kept_back=("unseen", "sentences", "habits"),
    barred=("attention_course.training", "attention_course.exercises.bahdanau"),
    seconds=120,
)
