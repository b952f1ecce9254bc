"""bahdanau.train: write the training loop, and translate sentences that nobody has seen."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Generator, nn

from attention_course.data.batches import Batch
from attention_course.data.translation import corpus
from attention_course.data.vocabulary import PAD
from attention_course.exercises.bahdanau.training import BATCH_SIZE, fresh, trained
from attention_course.exercises.drawing import integers
from attention_course.exercises.question import Case, Inputs, Question
from attention_course.exercises.translating import (
    falling,
    habits,
    judge,
    mistakes,
    set_task,
    translations,
    update,
)
from attention_course.exercises.values import Value
from attention_course.exercises.watching import examples

SENTENCES, UNSEEN, LONGEST = 16_000, 200, 6
KNOWN = 8 * BATCH_SIZE  # of the sentences, those on which habits are seen


def train(model: nn.Module, batches: Sequence[Batch]) -> None:
    """The reference."""
    optimizer = torch.optim.Adam(model.parameters())
    for step, batch in enumerate(batches):
        falling(1e-2, optimizer, step, len(batches))
        update(model, optimizer, batch)


# --- right, written otherwise -----------------------------------------------------------------


def _constant_rate(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=6e-3)
    for batch in batches:
        update(model, optimizer, batch)


def _one_cycle(model: nn.Module, batches: Sequence[Batch]) -> None:
    """No clipping; the loss per word summed by hand."""
    optimizer = torch.optim.Adam(model.parameters())
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=len(batches))
    for batch in batches:
        logits, _ = model(batch.source, batch.source_mask, batch.target_in)
        total = F.cross_entropy(
            logits.flatten(0, 1), batch.target_out.flatten(), ignore_index=PAD, reduction="sum"
        )
        model.zero_grad()
        (total / batch.target_mask.sum()).backward()
        optimizer.step()
        cycle.step()


# --- judging and inputs -----------------------------------------------------------------------


def finish(given: Value, inputs: Inputs) -> Value:
    """Has the trained weights translate: the answer has no hand in what becomes of them.

    Returns:
        A dictionary: "translations" of the unseen sentences as lists of ids, and "habits" on known
        sentences: what `translating.habits` has, "moved" and "leftovers" as `trained` has them.
    """
    model = fresh(inputs["source_vocabulary"], inputs["target_vocabulary"])
    model.load_state_dict(given["weights"])
    model.eval()
    known = examples(inputs["source"][:KNOWN], inputs["target"][:KNOWN])
    unseen = inputs["unseen"]
    return {
        "translations": translations(model, unseen, max_length=2 * unseen.shape[1]),
        "habits": {name: given[name] for name in ("moved", "leftovers")} | habits(model, known),
    }


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
        Case("unseen sentences", _draw, part="translations"),
        Case("known sentences", _draw, part="habits"),
    ),
    reference=train,
    mistakes=mistakes(lambda loop: loop),
    alternatives={
        "AdamW at a constant rate": _constant_rate,
        "one cycle, ignore_index, no clipping": _one_cycle,
    },
    ask=trained,
    finish=finish,
    judge=judge,
    kept_back=("unseen", "translations", "habits"),
    barred=("attention_course.training", "attention_course.exercises.bahdanau"),
    seconds=120,
)
