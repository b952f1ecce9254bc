"""Sentences of unequal length as rectangular tensors with masks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from attention_course.data.checks import check_integers
from attention_course.data.pairs import Example
from attention_course.data.vocabulary import BOS, EOS, PAD

Item = TypeVar("Item", bound=tuple)  # a source and the ids of its target


@dataclass(frozen=True)
class Batch:
    """Some sentences, padded at the end to the longest of them.

    Attributes:
        source: (B, S) int64, each row ends in EOS, then PAD.
        source_mask: (B, S) bool, True on real tokens, EOS among them.
        target_in: (B, T) int64, what the decoder reads: BOS, then the target without its EOS.
        target_out: (B, T) int64, what the decoder must say: the target with its EOS.
        target_mask: (B, T) bool, True on the real tokens of ``target_out``.
    """

    source: Tensor
    source_mask: Tensor
    target_in: Tensor
    target_out: Tensor
    target_mask: Tensor

    def __len__(self) -> int:
        return self.source.shape[0]

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on another device."""
        return Batch(
            self.source.to(device),
            self.source_mask.to(device),
            self.target_in.to(device),
            self.target_out.to(device),
            self.target_mask.to(device),
        )

    @property
    def tokens(self) -> int:
        """The number of real target tokens, EOS among them."""
        return int(self.target_mask.sum())


def make_batch(examples: Sequence[Example]) -> Batch:
    """One batch of all the examples, in their order.

    Args:
        examples: pairs (source ids, target ids), both ending in EOS.

    Raises:
        ValueError: no examples, or a sentence that is empty or does not end in EOS.
    """
    if len(examples) == 0:
        raise ValueError("a batch of no examples; expected at least one")
    for i, example in enumerate(examples):
        for side, ids in zip(("source", "target"), example, strict=True):
            if len(ids) == 0 or ids[-1] != EOS:
                raise ValueError(
                    f"the {side} of example {i} is {list(ids)}; expected ids that end in EOS "
                    f"({EOS}), as Corpus.encode gives them"
                )
    source, source_mask = pad([source for source, _ in examples])  # (B, S)
    target_in, _ = pad([[BOS, *target[:-1]] for _, target in examples])  # (B, T)
    target_out, target_mask = pad([target for _, target in examples])  # (B, T)
    return Batch(source, source_mask, target_in, target_out, target_mask)


def pad(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Rows of ids as int64 (B, T), PAD after their ends, and a mask (B, T), True on the ids."""
    longest = max(len(row) for row in rows)
    ids = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])
    lengths = torch.tensor([len(row) for row in rows])
    # From the lengths, not from ids != PAD: a mask must not depend on what a token is.
    return ids, torch.arange(longest) < lengths[:, None]


def in_order(
    examples: Sequence[Item],
    batch_size: int,
    *,
    collate: Callable[[Sequence[Item]], Batch] = make_batch,
) -> Iterator[Batch]:
    """Every example once, in the order given; for evaluation. The last batch may be smaller.

    Args:
        collate: makes a batch of examples; `make_batch` (default) for pairs of sentences.

    Raises:
        ValueError: ``batch_size`` below 1.
    """
    check_integers(1, batch_size=batch_size)
    starts = range(0, len(examples), batch_size)
    return (collate(examples[i : i + batch_size]) for i in starts)


def bucketed(
    examples: Sequence[Item],
    batch_size: int,
    *,
    generator: torch.Generator,
    pool: int = 20,
    forever: bool = True,
    collate: Callable[[Sequence[Item]], Batch] = make_batch,
) -> Iterator[Batch]:
    """Batches of sentences of like length, in random order (Bahdanau et al., 1409.0473, App. B.2).

    The examples are shuffled, then ``pool`` batches' worth of them are fetched at a time, sorted
    by length, cut into batches, and the batches shuffled. So little is spent on padding and yet
    every epoch mixes the sentences anew. In an epoch every example stands in exactly one batch;
    the last batches of an epoch may be smaller.

    Args:
        examples: pairs (source ids, target ids), both ending in EOS.
        batch_size: sentences in a batch.
        generator: the source of all the randomness here; the same state gives the same batches.
        pool: how many batches are fetched and sorted together (default 20, as in the paper).
        forever: begin a new epoch when one ends (the default), or stop after one.
        collate: makes a batch of examples; `make_batch` (default) for pairs of sentences.

    Raises:
        ValueError: no examples, or ``batch_size`` or ``pool`` below 1.
    """
    check_integers(1, batch_size=batch_size, pool=pool)
    if len(examples) == 0:
        raise ValueError("no examples to make batches of; expected at least one")
    return _bucketed(examples, batch_size, generator, pool, forever, collate)


def _bucketed(
    examples: Sequence[Item],
    batch_size: int,
    generator: torch.Generator,
    pool: int,
    forever: bool,
    collate: Callable[[Sequence[Item]], Batch],
) -> Iterator[Batch]:
    while True:
        shuffled = torch.randperm(len(examples), generator=generator).tolist()
        for i in range(0, len(shuffled), pool * batch_size):
            fetched = shuffled[i : i + pool * batch_size]
            fetched.sort(key=lambda j: (len(examples[j][0]), len(examples[j][1])))
            starts = range(0, len(fetched), batch_size)
            for k in torch.randperm(len(starts), generator=generator).tolist():
                rows = fetched[starts[k] : starts[k] + batch_size]
                yield collate([examples[j] for j in rows])
        if not forever:
            return
