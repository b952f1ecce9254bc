"""What questions share in which an answer trains a translator: habits, judge, known mistakes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.data.batches import Batch, in_order
from attention_course.data.pairs import Corpus, Example
from attention_course.data.vocabulary import EOS, PAD
from attention_course.decoding import Translator, greedy
from attention_course.exercises.asking import Answer
from attention_course.exercises.comparing import Problem, Rank
from attention_course.exercises.question import Inputs, Mistake
from attention_course.exercises.values import Tolerance, Value

ENOUGH = 0.7  # of the unseen sentences have to be translated without any mistake
LIMITS = {"padding": 0.05, "loss": 1.0}  # on known sentences

Loop = Callable[[nn.Module, Sequence[Batch]], None]


def update(model: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch) -> None:
    """One right step of training."""
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)  # (B, T, V)
    loss = F.cross_entropy(logits[batch.target_mask], batch.target_out[batch.target_mask])
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def falling(rate: float, optimizer: torch.optim.Optimizer, step: int, steps: int) -> None:
    """Sets the learning rate: half of the way at full speed, then to zero."""
    for group in optimizer.param_groups:
        group["lr"] = rate * min(1.0, 2 * (1 - step / steps))


# --- wrong loops ------------------------------------------------------------------------------


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
        falling(1e-2, optimizer, step, len(batches))
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
        update(model, optimizer, batch)


def _too_fast(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=1e30)
    for batch in batches[:10]:
        update(model, optimizer, batch)


# --- what has been learnt ---------------------------------------------------------------------


@torch.no_grad()
def translations(model: Translator, source: Tensor, max_length: int) -> list[list[int]]:
    """Greedy translations of source (N, S); the limit is for models that have learnt nothing."""
    return [found.tokens for found in greedy(model, source, source != PAD, max_length=max_length)]


@torch.no_grad()
def habits(model: nn.Module, known: list[Example]) -> dict[str, float]:
    """What a model does on sentences that it was trained on.

    Returns:
        "loss" in nats per word; "padding", the share of the padding at which the model says
        padding; "copies", the share of words that it gets right when it is shown the very word
        that it should say.
    """
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


def padded(sentences: list[Example]) -> tuple[Tensor, Tensor]:
    """Source (N, S) and target (N, T) of pairs of sentences, with padding at the end."""
    sides = [[torch.tensor(ids) for ids in side] for side in zip(*sentences, strict=True)]
    source, target = (
        nn.utils.rnn.pad_sequence(side, batch_first=True, padding_value=PAD) for side in sides
    )
    return source, target


def set_task(sentences: Corpus) -> dict[str, Value]:
    """The inputs of a question: pairs to train on, and unseen ones whose translations are kept."""
    source, target = padded(sentences.encode(sentences.train))
    unseen, translations = padded(sentences.encode(sentences.test))
    return {
        "source": source,
        "target": target,
        "unseen": unseen,
        "source_vocabulary": len(sentences.source_vocabulary),
        "target_vocabulary": len(sentences.target_vocabulary),
        "translations": translations,
        "habits": dict(LIMITS),
    }


# --- judging ----------------------------------------------------------------------------------


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
    gold = [row[: row.index(EOS) + 1] for row in expected.tolist()]
    return sum(one == other for one, other in zip(given, gold, strict=True)) / len(gold)


def few(given: Value, expected: Value) -> bool:
    """Whether too few translations are exact."""
    return _exact(given["translations"], expected["translations"]) < ENOUGH


def _shows_no_step(given: Value, expected: Value, inputs: Inputs) -> bool:
    return bool(given["habits"]["moved"] == 0)


def _shows_explosion(given: Value, expected: Value, inputs: Inputs) -> bool:
    moved = given["habits"]["moved"]
    return not math.isfinite(moved) or moved > 1e6


def _shows_leak(given: Value, expected: Value, inputs: Inputs) -> bool:
    return few(given, expected) and given["habits"]["copies"] > 0.9


def _shows_padding(given: Value, expected: Value, inputs: Inputs) -> bool:
    # a model that has learnt nothing may say padding too, all words being alike to it
    seen = given["habits"]
    return bool(seen["padding"] > LIMITS["padding"] and seen["loss"] <= LIMITS["loss"])


def _shows_leftovers(given: Value, expected: Value, inputs: Inputs) -> bool:
    return few(given, expected) and given["habits"]["leftovers"] > 0.9


def _shows_little(given: Value, expected: Value, inputs: Inputs) -> bool:
    return few(given, expected) and given["habits"]["loss"] > LIMITS["loss"]


def mistakes(answer: Callable[[Loop], Answer]) -> tuple[Mistake, ...]:
    """The known mistakes of a loop that trains a translator.

    Args:
        answer: makes an answer to the question of a loop over a model and its batches.
    """
    return (
        Mistake(
            "no step",
            "the weights are what they were before training: is there an optimizer.step() after "
            "backward(), or were the gradients cleared before it, or a copy trained?",
            answer(_nothing),
            sign=_shows_no_step,
        ),
        Mistake(
            "explosion",
            "the weights are no longer finite numbers of ordinary size: lower the learning rate, "
            "and clip the gradient",
            answer(_too_fast),
            sign=_shows_explosion,
        ),
        Mistake(
            "copies",
            "your model has learnt to copy the word that it is shown, and fails where it has to "
            "find it: feed target_in, which is one word behind target_out",
            answer(_leak),
            sign=_shows_leak,
        ),
        Mistake(
            "padding counts",
            "your model has learnt to say padding behind the end: leave it out of the loss, with "
            "target_mask",
            answer(_padding_counts),
            sign=_shows_padding,
        ),
        Mistake(
            "gradients add up",
            "the gradients of all batches add up: set them to zero before each backward()",
            answer(_gradients_add_up),
            sign=_shows_leftovers,
        ),
        Mistake(
            "hardly learnt",
            "your model has hardly learnt anything yet: use every batch and Adam with a learning "
            "rate between 0.003 and 0.01, and put no softmax before cross_entropy",
            answer(_too_slow),
            sign=_shows_little,
        ),
    )
