"""bahdanau.train: write the training loop, and translate sentences that nobody has seen."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from attention_course.data.batches import Batch, in_order
from attention_course.data.pairs import Example
from attention_course.data.translation import corpus
from attention_course.data.vocabulary import EOS, PAD
from attention_course.decoding import greedy
from attention_course.exercises.bahdanau.training import BATCH_SIZE, examples, fresh, trained
from attention_course.exercises.comparing import Problem, Rank
from attention_course.exercises.drawing import integers
from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.values import Tolerance, Value
from attention_course.models.bahdanau import RNNSearch

SENTENCES, UNSEEN, LONGEST = 16_000, 200, 6
KNOWN = 8 * BATCH_SIZE  # of the sentences, those on which habits are seen
ENOUGH = 0.7  # of the unseen sentences have to be translated without any mistake
LIMITS = {"padding": 0.05, "loss": 1.0}  # on known sentences


def train(model: nn.Module, batches: Sequence[Batch]) -> None:
    """The reference."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:  # half of the way at full speed, then to zero
            group["lr"] = 1e-2 * min(1.0, 2 * (1 - step / len(batches)))
        _update(model, optimizer, batch)


def _update(model: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch) -> None:
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)  # (B, T, V)
    loss = F.cross_entropy(logits[batch.target_mask], batch.target_out[batch.target_mask])
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


# --- right, written otherwise -----------------------------------------------------------------


def _constant_rate(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=6e-3)
    for batch in batches:
        _update(model, optimizer, batch)


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


# --- wrong ------------------------------------------------------------------------------------


def _nothing(model: nn.Module, batches: Sequence[Batch]) -> None:
    for batch in batches[:2]:
        logits, _ = model(batch.source, batch.source_mask, batch.target_in)
        F.cross_entropy(logits[batch.target_mask], batch.target_out[batch.target_mask]).backward()


def _leak(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for batch in batches[:200]:
        logits, _ = model(batch.source, batch.source_mask, batch.target_out)
        loss = F.cross_entropy(logits[batch.target_mask], batch.target_out[batch.target_mask])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _padding_counts(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for step, batch in enumerate(batches):
        logits, _ = model(batch.source, batch.source_mask, batch.target_in)
        loss = F.cross_entropy(logits.flatten(0, 1), batch.target_out.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = 1e-2 * min(1.0, 2 * (1 - step / len(batches)))
        optimizer.step()


def _gradients_add_up(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for batch in batches[:50]:
        logits, _ = model(batch.source, batch.source_mask, batch.target_in)
        F.cross_entropy(logits[batch.target_mask], batch.target_out[batch.target_mask]).backward()
        optimizer.step()


def _too_slow(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
    for batch in batches[:30]:
        _update(model, optimizer, batch)


def _too_fast(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=1e30)
    for batch in batches[:10]:
        _update(model, optimizer, batch)


# --- judging and inputs -----------------------------------------------------------------------


@torch.no_grad()
def finish(given: Value, inputs: Inputs) -> Value:
    """Has the trained weights translate: the answer has no hand in what becomes of them.

    Returns:
        A dictionary: "translations" of the unseen sentences as lists of ids, and "habits" on known
        sentences: "loss" in nats per word; "padding", the share of the padding at which the model
        says padding; "copies", the share of words that it gets right when it is shown the very
        word that it should say; "moved" and "leftovers" as `trained` has them.
    """
    model = fresh(inputs["source_vocabulary"], inputs["target_vocabulary"])
    model.load_state_dict(given["weights"])
    model.eval()
    known = examples(inputs["source"][:KNOWN], inputs["target"][:KNOWN])
    habits = {name: given[name] for name in ("moved", "leftovers")}
    return {
        "translations": _translations(model, inputs["unseen"]),
        "habits": habits | _habits(model, known),
    }


def _translations(model: RNNSearch, source: Tensor) -> list[list[int]]:
    limit = 2 * source.shape[1]  # a model that has learnt nothing would not stop
    return [found.tokens for found in greedy(model, source, source != PAD, max_length=limit)]


def _habits(model: RNNSearch, known: list[Example]) -> dict[str, float]:
    batch: Batch = next(in_order(known, len(known)))
    real = batch.target_mask
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)  # (B, T, V)
    shown, _ = model(batch.source, batch.source_mask, batch.target_out)
    return {
        "padding": _share(logits.argmax(-1)[~real] == PAD),
        "copies": _share(shown.argmax(-1)[real] == batch.target_out[real]),
        "loss": float(F.cross_entropy(logits[real], batch.target_out[real])),
    }


def _share(hits: Tensor) -> float:
    return float(hits.float().mean())


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Enough exact translations; or, for the part "habits", numbers within their limits."""
    if isinstance(given, list) and _exact(given, expected) < ENOUGH:
        return Problem(
            Rank.NUMBERS,
            f"your model translates fewer than {ENOUGH:.0%} of them without a mistake: use every "
            "batch, and look at the learning rate and its course",
        )
    if isinstance(given, dict) and not all(given[name] <= expected[name] for name in expected):
        return Problem(Rank.NUMBERS, "your model has not learnt what it was shown")
    return None


def _exact(given: Value, expected: Tensor) -> float:
    gold = _lists(expected)
    return sum(one == other for one, other in zip(given, gold, strict=True)) / len(gold)


def _lists(ids: Tensor) -> list[list[int]]:
    return [row[: row.index(EOS) + 1] for row in ids.tolist()]


def _few(given: Value, expected: Value) -> bool:
    return _exact(given["translations"], expected["translations"]) < ENOUGH


def _shows_no_step(given: Value, expected: Value, inputs: Inputs) -> bool:
    return bool(given["habits"]["moved"] == 0)


def _shows_explosion(given: Value, expected: Value, inputs: Inputs) -> bool:
    moved = given["habits"]["moved"]
    return not math.isfinite(moved) or moved > 1e6


def _shows_leak(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _few(given, expected) and given["habits"]["copies"] > 0.9


def _shows_padding(given: Value, expected: Value, inputs: Inputs) -> bool:
    # a model that has learnt nothing may say padding too, all words being alike to it
    habits = given["habits"]
    return bool(habits["padding"] > LIMITS["padding"] and habits["loss"] <= LIMITS["loss"])


def _shows_leftovers(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _few(given, expected) and given["habits"]["leftovers"] > 0.9


def _shows_little(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _few(given, expected) and given["habits"]["loss"] > LIMITS["loss"]


def _draw(generator: Generator) -> dict[str, Value]:
    sentences = corpus(
        train=SENTENCES,
        validation=0,
        test=UNSEEN,
        max_length=LONGEST,
        typical_length=LONGEST - 1,
        seed=int(integers(generator, 0, 2**31, 1)),
    )
    source, target = _padded(sentences.encode(sentences.train))
    unseen, translations = _padded(sentences.encode(sentences.test))
    return {
        "source": source,
        "target": target,
        "unseen": unseen,
        "source_vocabulary": len(sentences.source_vocabulary),
        "target_vocabulary": len(sentences.target_vocabulary),
        "translations": translations,
        "habits": dict(LIMITS),
    }


def _padded(examples: list[Example]) -> tuple[Tensor, Tensor]:
    sides = [[torch.tensor(ids) for ids in side] for side in zip(*examples, strict=True)]
    source, target = (
        nn.utils.rnn.pad_sequence(side, batch_first=True, padding_value=PAD) for side in sides
    )
    return source, target


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
    mistakes=(
        Mistake(
            "no step",
            "the weights are what they were before training: is there an optimizer.step() after "
            "backward(), or were the gradients cleared before it, or a copy trained?",
            _nothing,
            sign=_shows_no_step,
        ),
        Mistake(
            "explosion",
            "the weights are no longer finite numbers of ordinary size: lower the learning rate, "
            "and clip the gradient",
            _too_fast,
            sign=_shows_explosion,
        ),
        Mistake(
            "copies",
            "your model has learnt to copy the word that it is shown, and fails where it has to "
            "find it: feed target_in, which is one word behind target_out",
            _leak,
            sign=_shows_leak,
        ),
        Mistake(
            "padding counts",
            "your model has learnt to say padding behind the end: leave it out of the loss, with "
            "target_mask",
            _padding_counts,
            sign=_shows_padding,
        ),
        Mistake(
            "gradients add up",
            "the gradients of all batches add up: set them to zero before each backward()",
            _gradients_add_up,
            sign=_shows_leftovers,
        ),
        Mistake(
            "hardly learnt",
            "your model has hardly learnt anything yet: use every batch and Adam with a learning "
            "rate between 0.003 and 0.01, and put no softmax before cross_entropy",
            _too_slow,
            sign=_shows_little,
        ),
    ),
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
