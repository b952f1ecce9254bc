"""The corpus that stretches, and sources from their last word to their first."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import Any

import pytest
from attention_course import data
from attention_course.data import load
from attention_course.data.algorithmic import stretch, stretched
from attention_course.data.pairs import Corpus, Pair, reversed_sources
from attention_course.data.vocabulary import EOS

GOLDEN = ("w13", "w18", "w27", "w28", "w14", "w25", "w07", "w24", "w16")
SMALL = {"train": 60, "validation": 10, "test": 20}


def all_pairs(corpus: Corpus) -> tuple[Pair, ...]:
    return corpus.train + corpus.validation + corpus.test


def test_stretching_with_a_pencil() -> None:
    pair = stretch(("b", "a", "b"), {"a": 1, "b": 3})
    assert pair.target == ("b", "b", "b", "a", "b", "b", "b")
    assert pair.alignment == {(0, 0), (1, 0), (2, 0), (3, 1), (4, 2), (5, 2), (6, 2)}


def test_every_word_has_its_habit() -> None:
    corpus = stretched(**SMALL, words=7, most=3)
    habits: dict[str, set[int]] = {}
    for pair in all_pairs(corpus):
        assert pair.alignment is not None
        links = sorted(pair.alignment)
        assert [t for t, _ in links] == list(range(len(pair.target)))
        assert [s for s, _ in groupby(s for _, s in links)] == list(range(len(pair.source)))
        assert all(pair.target[t] == pair.source[s] for t, s in links)
        for s, count in Counter(s for _, s in links).items():
            habits.setdefault(pair.source[s], set()).add(count)
    assert len(habits) == 7
    assert sorted(min(counts) for counts in habits.values()) == [1, 1, 1, 2, 2, 3, 3]
    assert all(len(counts) == 1 for counts in habits.values())


def test_sentences_differ_and_have_their_lengths() -> None:
    corpus = stretched(**SMALL, min_length=2, max_length=5)
    sources = [pair.source for pair in all_pairs(corpus)]
    assert len(set(sources)) == len(sources) == 90
    assert [len(x) for x in (corpus.train, corpus.validation, corpus.test)] == [60, 10, 20]
    assert {len(source) for source in sources} == {2, 3, 4, 5}
    assert len(corpus.encode(corpus.test)) == 20


def test_the_seed_decides() -> None:
    one, again, other = (stretched(**SMALL, seed=seed) for seed in (3, 3, 4))
    assert one == again
    assert one.train != other.train
    # the same on every machine
    assert stretched(train=1, validation=0, test=0).train[0].source == GOLDEN


def test_with_one_it_is_a_copy() -> None:
    for pair in stretched(**SMALL, most=1).train:
        assert pair.target == pair.source
        assert pair.alignment == {(i, i) for i in range(len(pair.source))}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"most": 0}, "most is 0, expected an integer of at least 1"),
        ({"words": 0}, "words is 0, expected an integer of at least 1"),
        ({"train": -1}, "train is -1, expected an integer of at least 0"),
        ({"min_length": 0}, "min_length is 0, expected an integer of at least 1"),
        ({"min_length": 9, "max_length": 8}, "min_length is 9, expected at most max_length = 8"),
        ({"seed": 0.5}, "seed is 0.5, expected an integer"),
        (
            {"words": 2, "min_length": 1, "max_length": 3, "train": 20},
            "too few different sentences of 1 to 3 words out of 2: found 14",
        ),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        stretched(**options)


# --- reversed sources ---


def test_reversing_turns_words_and_links() -> None:
    pairs = (
        Pair(("a", "b", "c"), ("x", "y"), frozenset({(0, 0), (1, 1), (1, 2)})),
        Pair(("a",), ("x",), None),
    )
    vocabulary = data.load("stretched", **SMALL).source_vocabulary
    turned = reversed_sources(Corpus("toy", pairs, pairs[:1], pairs[1:], vocabulary, vocabulary))
    assert turned.train == (
        Pair(("c", "b", "a"), ("x", "y"), frozenset({(0, 2), (1, 1), (1, 0)})),
        Pair(("a",), ("x",), None),
    )
    assert (turned.validation, turned.test) == (turned.train[:1], turned.train[1:])
    assert turned.name == "toy, sources reversed"


@pytest.mark.parametrize("name", ["stretched", "translation"])
def test_reversed_corpora_by_name(name: str) -> None:
    corpus, turned = load(name, **SMALL), load(name, **SMALL, reversed_sources=True)
    for pair, other in zip(all_pairs(corpus), all_pairs(turned), strict=True):
        assert other.source == pair.source[::-1]
        assert other.target == pair.target
        linked = [{(p.target[t], p.source[s]) for t, s in p.alignment or ()} for p in (pair, other)]
        assert linked[0] == linked[1]
    ((source, _),) = turned.encode(turned.test[:1])
    assert source[-1] == EOS
    assert source[:-1] == corpus.encode(corpus.test[:1])[0][0][:-1][::-1]


def test_what_is_generated_is_there() -> None:
    assert data.available("stretched")
    with pytest.raises(TypeError, match="'stretched' has no option 'language'; it has train"):
        load("stretched", language="fr")
