"""Answers to universal_transformer.train: loops over batches, right ones and such with mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.data.vocabulary import PAD

Batches = Sequence[tuple[Tensor, Tensor]]
Loop = Callable[[nn.Module, Batches, int], None]
First = Callable[[int, int], Tensor]  # of the number of sentences and `most`
Loss = Callable[[Tensor, Tensor, Tensor], Tensor]  # of logits, words and what is to be said


def anywhere(sentences: int, most: int) -> Tensor:
    """Each sentence begins at a place of its own."""
    return torch.randint(most + 1, (sentences,))


def per_word(logits: Tensor, words: Tensor, said: Tensor) -> Tensor:
    """Nats per real word."""
    return F.cross_entropy(logits.flatten(0, 1), said.flatten(), ignore_index=PAD)


def loop_with(
    *,
    first: First = anywhere,
    loss: Loss = per_word,
    rate: float = 1e-2,
    batches_used: int | None = None,
    clear: bool = True,
    step: bool = True,
) -> Loop:
    """A training loop: half of the way at full speed, then down to zero; by default the right one.

    Args:
        first: draws where the sentences of a batch begin.
        loss: what is made small.
        rate: the learning rate at full speed.
        batches_used: so many of the first batches; None for all.
        clear: whether gradients are set to zero.
        step: whether the weights change.
    """

    def loop(model: nn.Module, batches: Batches, most: int) -> None:
        optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98))
        used = batches[:batches_used]
        for number, (words, said) in enumerate(used):
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1.0, (number + 1) / 30, 2 * (1 - number / len(used)))
            value = loss(model(words, first(len(words), most)), words, said)
            if clear:
                optimizer.zero_grad()
            value.backward()
            if clear:
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            if step:
                optimizer.step()

    return loop


train_anywhere = loop_with()


# --- right, written otherwise -----------------------------------------------------------------


def one_cycle(model: nn.Module, batches: Batches, most: int) -> None:
    """A rate that rises and falls; one place for all sentences of a batch; masked by hand."""
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.0)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=len(batches))
    for words, said in batches:
        first = torch.randint(0, most + 1, (1,)).expand(len(words))
        real = words != PAD
        log_p = model(words, first).log_softmax(-1).gather(-1, said[..., None])[..., 0]
        loss = -(log_p * real).sum() / real.sum()
        model.zero_grad()
        loss.backward()
        optimizer.step()
        cycle.step()


# --- wrong ------------------------------------------------------------------------------------


def always_at_zero(sentences: int, most: int) -> Tensor:
    """No offsets."""
    return torch.zeros(sentences, dtype=torch.int64)


def always_at_most(sentences: int, most: int) -> Tensor:
    """One offset, never drawn."""
    return torch.full((sentences,), most)


def nearby(sentences: int, most: int) -> Tensor:
    """Only some of the places."""
    return torch.randint(4, (sentences,))


def echo(logits: Tensor, words: Tensor, said: Tensor) -> Tensor:
    """What is read is to be said."""
    return per_word(logits, words, words)


def padding_too(logits: Tensor, words: Tensor, said: Tensor) -> Tensor:
    """Padding counts like words."""
    return F.cross_entropy(logits.flatten(0, 1), said.flatten())
