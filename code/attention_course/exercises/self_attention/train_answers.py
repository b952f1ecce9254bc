"""Answers to self_attention.train, right ones and wrong ones."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.data.batches import Batch
from attention_course.exercises.choosing import BATCH_SIZE
from attention_course.exercises.choosing_answers import trained_with
from attention_course.exercises.loops import constant, falling, one_cycle

RATE = 4e-3
KNOWN = 256  # of the sentences, those on which it is seen what was learnt at all


def loss_per_sentence(model: nn.Module, batch: Batch) -> Tensor:
    """Nats per sentence."""
    logits, _ = model(batch.source, batch.source_mask)
    return F.cross_entropy(logits, batch.target_out[:, 0])


def once(model: nn.Module, batches: Sequence[Batch]) -> None:
    """A pass at a rate that falls to zero."""
    falling(model, batches, rate=RATE, loss=loss_per_sentence)


train_judge = trained_with("sinusoidal", once)  # the reference


# --- right, written otherwise -----------------------------------------------------------------


def twice(model: nn.Module, batches: Sequence[Batch]) -> None:
    """Two passes."""
    once(model, [*batches] * 2)


def cycled(model: nn.Module, batches: Sequence[Batch]) -> None:
    """A rate that rises and falls, over two passes."""
    one_cycle(model, [*batches] * 2, clip=1.0, loss=loss_per_sentence)


# --- wrong ------------------------------------------------------------------------------------


def few_batches(model: nn.Module, batches: Sequence[Batch]) -> None:
    """Too few to learn anything."""
    constant(model, batches[:50], rate=RATE, loss=loss_per_sentence)


def no_step(model: nn.Module, batches: Sequence[Batch]) -> None:
    """Gradients that nobody uses."""
    for batch in batches[:2]:
        loss_per_sentence(model, batch).backward()


def too_fast(model: nn.Module, batches: Sequence[Batch]) -> None:
    """A rate that breaks the weights."""
    optimizer = torch.optim.SGD(model.parameters(), lr=1e30)
    for batch in batches[:5]:
        optimizer.zero_grad()
        loss_per_sentence(model, batch).backward()
        optimizer.step()


def gradients_add_up(model: nn.Module, batches: Sequence[Batch]) -> None:
    """Gradients that are never set to zero."""
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    for batch in batches[:50]:
        loss_per_sentence(model, batch).backward()
        optimizer.step()


def by_heart(model: nn.Module, batches: Sequence[Batch]) -> None:
    """A few sentences again and again."""
    constant(model, [*batches[: KNOWN // BATCH_SIZE]] * 60, rate=RATE, loss=loss_per_sentence)


def opposite(model: nn.Module, batches: Sequence[Batch]) -> None:
    """What is right is called wrong."""

    def loss(model: nn.Module, batch: Batch) -> Tensor:
        logits, _ = model(batch.source, batch.source_mask)
        first = batch.target_out[:, 0]
        return F.cross_entropy(logits, batches[0].target_out[:, 0].unique().sum() - first)

    falling(model, batches, rate=RATE, loss=loss)
