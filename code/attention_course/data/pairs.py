"""A sentence with its translation, and a corpus of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from attention_course.data.vocabulary import Vocabulary

Example = tuple[list[int], list[int]]
"""Source ids and target ids, both with EOS at the end."""


@dataclass(frozen=True)
class Pair:
    """A sentence, its translation and, where it is known, which word comes from which.

    Attributes:
        source: the words of the source sentence.
        target: the words of its translation.
        alignment: the gold links as pairs (target index, source index), both from 0 and without
            EOS; None where nobody knows them.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    alignment: frozenset[tuple[int, int]] | None = None


@dataclass(frozen=True)
class Corpus:
    """Pairs for training, validation and testing, with the vocabularies of both sides."""

    name: str
    train: tuple[Pair, ...] = field(repr=False)
    validation: tuple[Pair, ...] = field(repr=False)
    test: tuple[Pair, ...] = field(repr=False)
    source_vocabulary: Vocabulary
    target_vocabulary: Vocabulary

    def encode(self, pairs: Iterable[Pair]) -> list[Example]:
        """The ids of both sides of each pair, EOS at the end of each.

        Raises:
            ValueError: an empty sentence, or a word that a vocabulary does not accept.
        """
        source, target = self.source_vocabulary, self.target_vocabulary
        return [(source.encode(pair.source), target.encode(pair.target)) for pair in pairs]


def reversed_sources(corpus: Corpus) -> Corpus:
    """The corpus with each source sentence from its last word to its first.

    Gold alignments go along: a link points at the same word, which now stands elsewhere. The end
    mark, which `Corpus.encode` adds, still ends the sentence.

    Source: Sutskever, Vinyals and Le, 1409.3215, Section 3.3; Luong et al., 1508.04025, Section 4.
    """

    def turned(pair: Pair) -> Pair:
        last = len(pair.source) - 1
        links = pair.alignment
        return Pair(
            pair.source[::-1],
            pair.target,
            None if links is None else frozenset((t, last - s) for t, s in links),
        )

    train, validation, test = (
        tuple(map(turned, pairs)) for pairs in (corpus.train, corpus.validation, corpus.test)
    )
    name = f"{corpus.name}, sources reversed"
    return replace(corpus, name=name, train=train, validation=validation, test=test)
