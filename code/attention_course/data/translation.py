"""A small English→French and English→German corpus, written for this course.

Every fact about it is known: the rules of agreement, the order of the words and, for every pair,
which word comes from which.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from random import Random

from attention_course.data.grammar import english, french
from attention_course.data.grammar.sample import Sampler
from attention_course.data.grammar.tree import Sentence
from attention_course.data.pairs import Corpus, Pair
from attention_course.data.vocabulary import Vocabulary

LANGUAGES = {"fr": french.write}


def split_of(source: Sequence[str]) -> str:
    """The split that a sentence belongs to: a function of its words alone.

    Of all sentences 4% are for validation, 8% for testing, the rest for training.
    """
    draw = zlib.crc32(" ".join(source).encode()) % 100
    return "validation" if draw < 4 else "test" if draw < 12 else "train"


def _pair(sentence: Sentence, source: Sequence[str], language: str) -> Pair:
    words = LANGUAGES[language](sentence)
    links = frozenset((t, s) for t, (_, place) in enumerate(words) for s in place)
    return Pair(tuple(source), tuple(word for word, _ in words), links)


def _draw(
    random: Random, shortest: int, longest: int, typical: int | None
) -> Iterator[tuple[Sentence, list[str]]]:
    sampler = Sampler(random)
    while True:
        if typical is None:
            length = random.randint(shortest, longest)
        else:
            length = round(random.triangular(shortest, longest, typical))
        sentence = sampler.sentence(length)
        source = english.write(sentence)
        if shortest <= len(source) <= longest:
            yield sentence, source


def corpus(
    language: str = "fr",
    *,
    train: int = 20_000,
    validation: int = 500,
    test: int = 1_000,
    min_length: int = 3,
    max_length: int = 20,
    typical_length: int = 7,
    seed: int = 0,
) -> Corpus:
    wanted = {"train": train, "validation": validation, "test": test}
    found: dict[str, list[Pair]] = {split: [] for split in wanted}
    seen: set[tuple[str, ...]] = set()
    for sentence, words in _draw(Random(seed), min_length, max_length, typical_length):
        split = split_of(words)
        key = tuple(words)
        if len(found[split]) < wanted[split] and key not in seen:
            seen.add(key)
            found[split].append(_pair(sentence, words, language))
        elif all(len(found[s]) >= n for s, n in wanted.items()):
            break
    everything = [pair for pairs in found.values() for pair in pairs]
    return Corpus(
        f"translation en-{language}",
        *(tuple(found[split]) for split in ("train", "validation", "test")),
        Vocabulary.build((p.source for p in everything), unknown="raise"),
        Vocabulary.build((p.target for p in everything), unknown="raise"),
    )
