"""The sentences that are right or wrong: the answer, and that a bag of words does not tell it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from attention_course.data import load
from attention_course.data.agreement import agreement, subject_of
from attention_course.data.grammar.lexicon import INTRANSITIVE, NOUNS
from attention_course.data.pairs import Corpus

SMALL = {"train": 200, "validation": 20, "test": 40}
NUMBER = {noun.singular: 0 for noun in NOUNS} | {noun.plural: 1 for noun in NOUNS}
VERBS = {verb.english[1]: 0 for verb in INTRANSITIVE} | {
    verb.english[0]: 1 for verb in INTRANSITIVE
}


def splits(corpus: Corpus) -> tuple[Any, ...]:
    return corpus.train, corpus.validation, corpus.test


def test_the_answer_is_whether_the_first_noun_has_the_verbs_number() -> None:
    for split in splits(agreement(**SMALL)):
        for pair in split:
            first = pair.source[subject_of(pair.source)]
            assert not NUMBER.keys() & set(pair.source[: subject_of(pair.source)])
            right = NUMBER[first] == VERBS[pair.source[-1]]
            assert pair.target == (("right",) if right else ("wrong",))


def test_twins_have_the_same_words_and_opposite_answers() -> None:
    for split in splits(agreement(**SMALL)):
        for one, other in zip(split[::2], split[1::2], strict=True):
            assert Counter(one.source) == Counter(other.source)
            assert {one.target, other.target} == {("right",), ("wrong",)}


def test_sentences_differ_and_nothing_but_the_first_noun_tells() -> None:
    corpus = agreement(**SMALL)
    sources = [pair.source for split in splits(corpus) for pair in split]
    assert len(set(sources)) == len(sources) == 260
    assert [len(split) for split in splits(corpus)] == [200, 20, 40]
    assert len(corpus.encode(corpus.test)) == 40
    counts = set()
    for source in sources:
        numbers = [NUMBER[word] for word in source if word in NUMBER]
        assert sum(numbers) * 2 == len(numbers)
        counts.add(len(numbers))
    assert counts == {2, 4}
    assert {VERBS[source[-1]] for source in sources} == {0, 1}


def test_most_between() -> None:
    nouns = {
        sum(word in NUMBER for word in pair.source)
        for pair in agreement(train=100, validation=0, test=0, most_between=5).train
    }
    assert nouns == {2, 4, 6}


def test_the_seed_decides() -> None:
    one, again, other = (load("agreement", **SMALL, seed=seed) for seed in (3, 3, 4))
    assert one == again
    assert one.train != other.train
    # the same on every machine
    assert " ".join(agreement(**SMALL).train[0].source) == GOLDEN


def test_the_subject_of_what_is_no_sentence() -> None:
    with pytest.raises(ValueError, match=r"source is \['the'\], expected a sentence with a noun"):
        subject_of(["the"])


GOLDEN = "the strong bear without the students near the bird with the old children dances"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"train": 3}, "train is 3, expected an even number: sentences have twins"),
        ({"test": -2}, "test is -2, expected an integer of at least 0"),
        ({"most_between": 2}, "most_between is 2, expected an odd number"),
        ({"most_between": 0}, "most_between is 0, expected an integer of at least 1"),
        ({"seed": "a"}, "seed is 'a', expected an integer"),
    ],
)
def test_what_is_wrong(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        agreement(**{**SMALL, **options})
