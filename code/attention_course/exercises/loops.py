"""Loops that train a model to write sentences: right ones, and the mistakes that people make."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.data.batches import Batch
from attention_course.data.vocabulary import PAD
from attention_course.exercises.asking import Answer
from attention_course.exercises.question import Inputs, Mistake
from attention_course.exercises.values import Value
from attention_course.exercises.writing import few

Loop = Callable[[nn.Module, Sequence[Batch]], None]
Loss = Callable[[nn.Module, Batch], Tensor]


# --- right ------------------------------------------------------------------------------------


def loss_per_word(model: nn.Module, batch: Batch) -> Tensor:
    """Nats per real word."""
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)  # (B, T, V)
    return F.cross_entropy(logits[batch.target_mask], batch.target_out[batch.target_mask])


def update(
    model: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch, loss: Loss = loss_per_word
) -> None:
    """One right step of training."""
    value = loss(model, batch)
    optimizer.zero_grad()
    value.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def falling(
    model: nn.Module, batches: Sequence[Batch], *, rate: float = 1e-2, loss: Loss = loss_per_word
) -> None:
    """Adam; half of the way at full speed, then down to zero."""
    optimizer = torch.optim.Adam(model.parameters())
    for step, batch in enumerate(batches):
        _slow_down(rate, optimizer, step, len(batches))
        update(model, optimizer, batch, loss)


def _slow_down(rate: float, optimizer: torch.optim.Optimizer, step: int, steps: int) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate * min(1.0, 2 * (1 - step / steps))


def constant(
    model: nn.Module, batches: Sequence[Batch], *, rate: float, loss: Loss = loss_per_word
) -> None:
    """AdamW at one rate."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    for batch in batches:
        update(model, optimizer, batch, loss)


def summed_by_hand(model: nn.Module, batch: Batch) -> Tensor:
    """`loss_per_word`, written otherwise."""
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)
    total = F.cross_entropy(
        logits.flatten(0, 1), batch.target_out.flatten(), ignore_index=PAD, reduction="sum"
    )
    return total / batch.target_mask.sum()


def one_cycle(
    model: nn.Module,
    batches: Sequence[Batch],
    *,
    clip: float = math.inf,
    loss: Loss = summed_by_hand,
) -> None:
    """A rate that rises and falls."""
    optimizer = torch.optim.Adam(model.parameters())
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=len(batches))
    for batch in batches:
        value = loss(model, batch)
        model.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        cycle.step()


# --- wrong ------------------------------------------------------------------------------------


def _nothing(model: nn.Module, batches: Sequence[Batch]) -> None:
    for batch in batches[:2]:
        loss_per_word(model, batch).backward()


def _leak(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for batch in batches[:200]:
        logits, _ = model(batch.source, batch.source_mask, batch.target_out)
        loss = F.cross_entropy(logits[batch.target_mask], batch.target_out[batch.target_mask])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _echo(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for batch in batches[:200]:
        logits, _ = model(batch.source, batch.source_mask, batch.target_in)
        loss = F.cross_entropy(logits[batch.target_mask], batch.target_in[batch.target_mask])
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
        _slow_down(1e-2, optimizer, step, len(batches))
        optimizer.step()


def _gradients_add_up(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for batch in batches[:50]:
        loss_per_word(model, batch).backward()
        optimizer.step()


def _too_slow(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
    for batch in batches[:30]:
        update(model, optimizer, batch)


def _too_fast(model: nn.Module, batches: Sequence[Batch]) -> None:
    optimizer = torch.optim.SGD(model.parameters(), lr=1e30)
    for batch in batches[:10]:
        update(model, optimizer, batch)


# --- the signs of what is wrong ---------------------------------------------------------------


def _shows_no_step(given: Value, expected: Value, inputs: Inputs) -> bool:
    return bool(given["habits"]["moved"] == 0)


def _shows_explosion(given: Value, expected: Value, inputs: Inputs) -> bool:
    moved = given["habits"]["moved"]
    return not math.isfinite(moved) or moved > 1e6


def _shows_leak(given: Value, expected: Value, inputs: Inputs) -> bool:
    return few(given, expected) and given["habits"]["copies"] > 0.9


def _shows_echo(given: Value, expected: Value, inputs: Inputs) -> bool:
    # a model that was fed target_out may copy as well, but was never to say BOS
    return few(given, expected) and given["habits"]["echoes"] > 0.9


def _shows_padding(given: Value, expected: Value, inputs: Inputs) -> bool:
    # a model that has learnt nothing may say padding too, all words being alike to it
    seen, most = given["habits"], expected["habits"]
    return bool(seen["padding"] > most["padding"] and seen["loss"] <= most["loss"])


def _shows_leftovers(given: Value, expected: Value, inputs: Inputs) -> bool:
    return bool(given["habits"]["leftovers"] > 0.9)


def _shows_little(given: Value, expected: Value, inputs: Inputs) -> bool:
    return few(given, expected) and given["habits"]["loss"] > expected["habits"]["loss"]


def mistakes(answer: Callable[[Loop], Answer]) -> tuple[Mistake, ...]:
    """The known mistakes of a loop that trains a model to write.

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
            "echoes",
            "your model has learnt to say the word that it is shown, BOS too: compare its logits "
            "with target_out, the words that follow, not with target_in",
            answer(_echo),
            sign=_shows_echo,
        ),
        Mistake(
            "copies",
            "your model has learnt to copy the word that it is shown, and fails where it has to "
            "find it: feed target_in, and compare with target_out, which is one word ahead",
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
