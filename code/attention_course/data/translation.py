"""A small English→French and English→German corpus, written for this course.

Every fact about it is known: the rules of agreement, the order of the words and, for every pair,
which word comes from which. Sentences can be silly; they are grammatical. All is lower-case and
without punctuation, an elided French word (``l'``, ``n'``, ``qu'``) is a word of its own.

What the languages do differently, and a model has to learn:

- French: adjectives before or after the noun, agreement in gender and number, elision and
  contraction, ``ne … pas`` around the verb, object pronouns before it.
- German: three cases, the verb second in main clauses and last in the others, infinitives and
  separable prefixes at the end, ``nicht``, ``dürfen`` for *must not*.

A translation is a function of the English sentence, and so is the split that the sentence belongs
to: no sentence for testing is ever in training, whatever the seed or the length. What could belong
to two clauses belongs to the nearer one.

The alignment is total: every target word links to one source word at least. What the links of
function words are is told at the head of ``grammar/french.py`` and ``grammar/german.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from random import Random
from types import ModuleType

from attention_course.data.checks import check_integers
from attention_course.data.grammar import english, french, german
from attention_course.data.grammar.parse import parse
from attention_course.data.grammar.sample import Sampler
from attention_course.data.grammar.tree import Sentence
from attention_course.data.pairs import Corpus, Pair
from attention_course.data.vocabulary import Vocabulary

LANGUAGES = {"fr": french, "de": german}
SHORTEST, LONGEST = 3, 40
SPLITS = ("train", "validation", "test")

# After so many draws without a new sentence there are hardly any left.
PATIENCE = 20_000


def split_of(source: Sequence[str]) -> str:
    """The split that an English sentence belongs to: a hash of its words decides.

    Of all sentences, 88% are for training, 4% for validation and 8% for testing.
    """
    draw = zlib.crc32(" ".join(source).encode()) % 100
    return "validation" if draw < 4 else "test" if draw < 12 else "train"


def vocabularies(language: str = "fr") -> tuple[Vocabulary, Vocabulary]:
    """The English and the target vocabulary: all words of the grammar, by alphabet.

    Both raise on an unknown word, since the grammar makes none.

    Raises:
        ValueError: an unknown language.
    """
    target = _grammar_of(language)
    return Vocabulary(sorted(english.vocabulary())), Vocabulary(sorted(target.vocabulary()))


def translate(source: str | Sequence[str], language: str = "fr") -> Pair:
    """An English sentence of the grammar with its translation and gold alignment.

    Args:
        source: lower-case words without punctuation, as a list or as one string with spaces.
        language: ``"fr"`` (the default) or ``"de"``.

    Raises:
        ValueError: an unknown language, or a sentence that the grammar does not have, with the
            place where it goes wrong.
    """
    _grammar_of(language)
    words = source.split() if isinstance(source, str) else list(source)
    return _pair(parse(words), words, language)


def sentences(
    count: int,
    *,
    lengths: tuple[int, int] = (3, 20),
    typical_length: float | None = None,
    language: str = "fr",
    split: str = "test",
    seed: int = 0,
) -> tuple[Pair, ...]:
    """Different sentences of one split, their lengths within bounds.

    Args:
        count: how many.
        lengths: the fewest and the most English words, both included, from 3 to 40; so accuracy
            can be measured at lengths that training never saw.
        typical_length: the most likely number of words, more than the fewest and at most the
            most, see `corpus`; by default all lengths are equally likely.
        language: ``"fr"`` (the default) or ``"de"``.
        split: ``"train"``, ``"validation"`` or ``"test"`` (the default).
        seed: the same seed gives the same sentences.

    Raises:
        ValueError: an unknown language or split, a number that is no integer, lengths outside 3 to
            40 or in the wrong order, or more sentences than there are of these lengths.
    """
    check_integers(count=count)
    check_integers(**{"lengths[0]": lengths[0], "lengths[1]": lengths[1]})
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; expected one of {', '.join(SPLITS)}")
    return _collect({split: count}, lengths, typical_length, language, seed)[split]


def corpus(
    language: str = "fr",
    *,
    train: int = 20_000,
    validation: int = 500,
    test: int = 1_000,
    min_length: int = 3,
    max_length: int = 20,
    typical_length: float | None = None,
    seed: int = 0,
) -> Corpus:
    """Pairs of the grammar: all sources different, every word of the vocabularies known.

    The lengths of the English sentences follow a gamma distribution of shape 3 that begins at
    ``min_length``, has its peak at ``typical_length`` and is cut off at ``max_length``: most
    sentences are short, and a few are as long as they may be. With the defaults the mean is
    7 words, and one sentence in a hundred has more than 15.

    Args:
        language: ``"fr"`` (the default) or ``"de"``; the source is English.
        train, validation, test: how many pairs of each.
        min_length, max_length: the fewest and the most English words, from 3 to 40.
        typical_length: the most likely number of English words, more than ``min_length`` and at
            most ``max_length``; by default 6 where that is so, else 3 more than ``min_length`` or,
            if that is too long, ``max_length``.
        seed: the same seed gives the same corpus; another one gives other sentences, each in
            the same split as ever.

    Raises:
        ValueError: an unknown language, a number that is no integer, lengths outside 3 to 40 or in
            the wrong order, or more sentences than there are of these lengths.
    """
    check_integers(train=train, validation=validation, test=test)
    check_integers(min_length=min_length, max_length=max_length)
    if typical_length is None:
        usual = 6 if min_length < 6 <= max_length else min(min_length + 3, max_length)
        typical_length = usual if usual > min_length else None  # None: there is one length alone
    wanted = {"train": train, "validation": validation, "test": test}
    pairs = _collect(wanted, (min_length, max_length), typical_length, language, seed)
    source_vocabulary, target_vocabulary = vocabularies(language)
    return Corpus(
        name=f"translation en-{language}",
        **pairs,
        source_vocabulary=source_vocabulary,
        target_vocabulary=target_vocabulary,
    )


def _grammar_of(language: str) -> ModuleType:
    if not isinstance(language, str) or language not in LANGUAGES:
        raise ValueError(
            f"the language is {language!r}; the grammar knows {' and '.join(LANGUAGES)}"
        )
    return LANGUAGES[language]


def _collect(
    wanted: dict[str, int],
    lengths: tuple[int, int],
    typical_length: float | None,
    language: str,
    seed: int,
) -> dict[str, tuple[Pair, ...]]:
    """So many different pairs of each split."""
    _grammar_of(language)
    check_integers(seed=seed)
    for split, count in wanted.items():
        if count < 0:
            raise ValueError(f"{count} sentences asked for {split}; expected 0 or more")
    found: dict[str, list[Pair]] = {split: [] for split in wanted}
    missing = sum(wanted.values())
    if not missing:
        return {split: () for split in wanted}
    seen: set[tuple[str, ...]] = set()
    fruitless = 0
    for sentence, words in _draw(Random(seed), lengths, typical_length):
        source = tuple(words)
        split = split_of(source)
        if source in seen or len(found.get(split, ())) >= wanted.get(split, 0):
            fruitless += 1
            if fruitless > PATIENCE:
                counts = ", ".join(f"{len(found[s])} of {n} for {s}" for s, n in wanted.items())
                raise ValueError(
                    f"the grammar has too few different sentences of {lengths[0]} to {lengths[1]} "
                    f"words: found {counts}; ask for fewer or for longer sentences"
                )
            continue
        fruitless = 0
        seen.add(source)
        found[split].append(_pair(sentence, source, language))
        missing -= 1
        if not missing:
            break
    return {split: tuple(pairs) for split, pairs in found.items()}


def _draw(
    random: Random, lengths: tuple[int, int], typical_length: float | None
) -> Iterator[tuple[Sentence, list[str]]]:
    """Sentences without end, with their English words; not all different."""
    least, most = lengths
    if not SHORTEST <= least <= most <= LONGEST:
        raise ValueError(
            f"lengths {least} to {most} asked for; expected a range within {SHORTEST} to {LONGEST}"
        )
    if typical_length is not None and not (
        isinstance(typical_length, int | float) and least < typical_length <= most
    ):
        raise ValueError(
            f"typical_length is {typical_length!r}; expected a number above the least length, "
            f"{least}, and at most the greatest, {most}"
        )
    sampler = Sampler(random)
    rejected = 0
    while rejected <= PATIENCE:
        rejected += 1
        if typical_length is None:
            length = random.randint(least, most)
        else:
            # The peak of a gamma distribution of shape 3 is at twice its scale.
            length = round(least + random.gammavariate(3, (typical_length - least) / 2))
            if length > most:
                continue
        sentence = sampler.sentence(length)
        words = english.write(sentence)
        if least <= len(words) <= most:
            yield sentence, words
            rejected = 0
    raise ValueError(
        f"{PATIENCE} sentences in a row had not {least} to {most} words; ask for other lengths"
    )


def _pair(sentence: Sentence, source: Sequence[str], language: str) -> Pair:
    words = LANGUAGES[language].write(sentence)
    links = frozenset((t, s) for t, (_, place) in enumerate(words) for s in place)
    return Pair(tuple(source), tuple(word for word, _ in words), links)
