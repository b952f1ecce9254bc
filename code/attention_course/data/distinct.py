"""Corpora that are drawn at random, without repetition: what is tested was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from itertools import islice
from random import Random

from attention_course.data.checks import check_integers
from attention_course.data.pairs import Corpus, Pair
from attention_course.data.vocabulary import Vocabulary

# After so many draws without a new sentence there are hardly any left.
PATIENCE = 20_000

Lengths = tuple[int, int]
Words = tuple[str, ...]


def sequence(random: Random, vocabulary: list[str], lengths: Lengths) -> Words:
    """Random words, all lengths from the first to the last equally likely."""
    return tuple(random.choices(vocabulary, k=random.randint(*lengths)))


def check_lengths(name: str, lengths: object) -> None:
    """Raises ValueError that names what is no pair of integers from 1 on, in order."""
    pair = lengths if isinstance(lengths, list | tuple) else ()
    whole = all(isinstance(n, int) and not isinstance(n, bool) for n in pair)
    if len(pair) != 2 or not whole or not 1 <= pair[0] <= pair[1]:
        raise ValueError(
            f"{name} is {lengths!r}, expected the fewest and the most, for example (1, 10)"
        )


def distinct_corpus(
    name: str,
    vocabulary: list[str],
    *,
    draw: Callable[[Lengths], Words],
    solve: Callable[[Words], Pair],
    counts: tuple[int, int, int],
    lengths: Lengths,
    test_lengths: Lengths,
    key: Callable[[Words], Hashable] = lambda source: source,
) -> Corpus:
    """A corpus of which no two sources are equal, in all its parts together.

    Args:
        vocabulary: the words of both sides.
        draw: draws a source, given the fewest and the most words.
        solve: makes the pair of a source.
        counts: how many pairs to train, to validate and to test on.
        lengths: of the sources to train and to validate on. test_lengths: of those to test on.
        key: sources with equal keys count as equal (default: equal sources).

    Raises:
        ValueError: a count that is no integer of at least 0, or more sentences than there are.
    """
    train, validation, test = counts
    check_integers(0, train=train, validation=validation, test=test)
    seen: set[Hashable] = set()

    def new(lengths: Lengths) -> Iterator[Words]:
        fruitless = 0
        while fruitless < PATIENCE:
            source = draw(lengths)
            fruitless = fruitless + 1 if key(source) in seen else 0
            if not fruitless:
                seen.add(key(source))
                yield source
        raise ValueError(
            f"there are too few different sentences of {lengths[0]} to {lengths[1]} words out of "
            f"{len(vocabulary)}: found {len(seen)}; ask for fewer, for longer ones or for more "
            "words"
        )

    def some(count: int, lengths: Lengths) -> tuple[Pair, ...]:
        return tuple(solve(source) for source in islice(new(lengths), count))

    return Corpus(
        name,
        train=some(train, lengths),
        validation=some(validation, lengths),
        test=some(test, test_lengths),
        source_vocabulary=Vocabulary(vocabulary),
        target_vocabulary=Vocabulary(vocabulary),
    )
