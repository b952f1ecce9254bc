"""Batches: padding only at the end, masks on the real tokens, every example once an epoch."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
import torch
from attention_course.data.batches import Batch, bucketed, in_order, make_batch
from attention_course.data.pairs import Example
from attention_course.data.vocabulary import BOS, EOS, PAD
from hypothesis import given, settings
from hypothesis import strategies as st

sentence = st.lists(st.integers(3, 50), max_size=9).map(lambda ids: [*ids, EOS])
examples = st.lists(st.tuples(sentence, sentence), min_size=1, max_size=40)


def rows(batch: Batch) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The examples of a batch, read back through its masks."""
    return [
        (tuple(source[seen].tolist()), tuple(target[kept].tolist()))
        for source, seen, target, kept in zip(
            batch.source, batch.source_mask, batch.target_out, batch.target_mask, strict=True
        )
    ]


def hashable(chosen: list[Example]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(tuple(source), tuple(target)) for source, target in chosen]


@settings(deadline=None)
@given(examples)
def test_a_batch_holds_its_examples_and_padding_after_them(chosen: list[Example]) -> None:
    batch = make_batch(chosen)
    assert rows(batch) == hashable(chosen)
    assert len(batch) == len(chosen)
    assert batch.tokens == sum(len(target) for _, target in chosen)
    for ids, mask in ((batch.source, batch.source_mask), (batch.target_out, batch.target_mask)):
        assert ids.dtype == torch.int64
        assert mask.dtype == torch.bool
        assert ids.shape == mask.shape
        assert mask.any(0).all()  # no column of padding alone
        assert (ids[~mask] == PAD).all()
        assert (mask[:, 1:] <= mask[:, :-1]).all()  # once it is over, it is over
        assert (ids[mask] != PAD).all()


@settings(deadline=None)
@given(examples)
def test_the_decoder_reads_one_token_behind(chosen: list[Example]) -> None:
    batch = make_batch(chosen)
    assert batch.target_in.shape == batch.target_out.shape
    assert (batch.target_in[:, 0] == BOS).all()
    real = batch.target_mask[:, 1:]
    assert (batch.target_in[:, 1:][real] == batch.target_out[:, :-1][real]).all()
    assert (batch.target_in != EOS).all()  # the end is said, never read


def test_to_moves_every_tensor() -> None:
    batch = make_batch([([4, EOS], [5, EOS])]).to("meta")
    assert all(tensor.device.type == "meta" for tensor in vars(batch).values())


@settings(deadline=None)
@given(examples, st.integers(1, 12))
def test_in_order_gives_every_example_once(chosen: list[Example], size: int) -> None:
    batches = list(in_order(chosen, size))
    assert [row for batch in batches for row in rows(batch)] == hashable(chosen)
    assert all(len(batch) == size for batch in batches[:-1])


@settings(deadline=None)
@given(examples, st.integers(1, 12), st.integers(1, 4), st.integers(0, 99))
def test_an_epoch_of_buckets_covers_the_data(
    chosen: list[Example], size: int, pool: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    batches = list(bucketed(chosen, size, generator=generator, pool=pool, forever=False))
    assert Counter(row for b in batches for row in rows(b)) == Counter(hashable(chosen))
    assert all(len(batch) <= size for batch in batches)
    assert len(batches) == -(-len(chosen) // size)


def numbered(count: int) -> list[Example]:
    """Different examples of lengths 1 to 20 in no order."""
    return [([5] * (i * 7 % 20) + [EOS], [5 + i, EOS]) for i in range(count)]


def test_buckets_hold_like_lengths_in_random_order() -> None:
    generator = torch.Generator().manual_seed(0)
    lengths = [
        batch.source_mask.sum(1)
        for batch in bucketed(numbered(400), 20, generator=generator, forever=False)
    ]
    # The pool of 20 is all the data: so each batch has one length, each length one batch.
    assert all((length == length[0]).all() for length in lengths)
    order = [int(length[0]) for length in lengths]
    assert sorted(order) == list(range(1, 21))
    assert order != sorted(order)


def test_a_small_pool_sorts_less() -> None:
    generator = torch.Generator().manual_seed(0)
    batches = bucketed(numbered(400), 20, generator=generator, pool=1, forever=False)
    spread = [int(b.source_mask.sum(1).max() - b.source_mask.sum(1).min()) for b in batches]
    assert min(spread) > 5


def test_buckets_follow_from_the_generator_and_change_with_each_epoch() -> None:
    def first(seed: int, count: int) -> list:
        generator = torch.Generator().manual_seed(seed)
        return [
            rows(b) for b in islice(bucketed(numbered(60), 20, generator=generator, pool=1), count)
        ]

    assert first(0, 6) == first(0, 6)
    assert first(0, 6) != first(1, 6)
    epochs = first(0, 6)
    # Not the same batches in another order: each epoch mixes the examples anew.
    assert {frozenset(batch) for batch in epochs[:3]} != {frozenset(batch) for batch in epochs[3:]}
    for epoch in (epochs[:3], epochs[3:]):
        assert Counter(row for b in epoch for row in b) == Counter(hashable(numbered(60)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: make_batch([]), "no examples"),
        (lambda: make_batch([([4, EOS], [])]), "target of example 0"),
        (lambda: make_batch([([4, 5], [4, EOS])]), r"source of example 0 is \[4, 5\]; .* EOS"),
        (lambda: in_order([([EOS], [EOS])], 0), "batch_size is 0"),
        (lambda: bucketed([], 2, generator=torch.Generator()), "no examples"),
        (lambda: bucketed([([EOS], [EOS])], 0, generator=torch.Generator()), "batch_size is 0"),
        (lambda: bucketed([([EOS], [EOS])], 2, generator=torch.Generator(), pool=0), "pool is 0"),
    ],
)
def test_bad_input_is_named(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
