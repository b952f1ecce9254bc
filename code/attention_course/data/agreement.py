"""Does the verb agree with its subject? Sentences that are right or wrong by two words far apart.

"the dog behind the old cars sleeps" is right, "the dogs behind the old car sleeps" is wrong: the
verb's number must be that of the first noun, and others stand between. Each sentence has a twin
with the same words in another order and the other answer, in the same split. So whoever counts
words without their order is right on exactly half of the sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from attention_course.data.checks import check_integers
from attention_course.data.grammar.lexicon import ADJECTIVES, INTRANSITIVE, NOUNS, PREPOSITIONS
from attention_course.data.pairs import Corpus, Pair
from attention_course.data.vocabulary import Vocabulary

RIGHT, WRONG = ("right",), ("wrong",)
_NOUNS = [(noun.singular, noun.plural) for noun in NOUNS if noun.kind in "PA"]
_KNOWN = {form for forms in _NOUNS for form in forms}
_VERBS = [(verb.english[1], verb.english[0]) for verb in INTRANSITIVE]
_BETWEEN = [p.english[0] for p in PREPOSITIONS if len(p.english) == 1]
_ADJECTIVES = [adjective.english for adjective in ADJECTIVES]

# After so many draws without a new sentence there are hardly any left.
PATIENCE = 20_000


def agreement(
    *,
    train: int = 4_000,
    validation: int = 200,
    test: int = 1_000,
    most_between: int = 3,
    seed: int = 0,
) -> Corpus:
    """Sentences with the answer "right" or "wrong", as pairs of source and target.

    Half of a sentence's nouns are singular, half plural, and so are half of the verbs.

    Args:
        train, validation, test: how many sentences of each, even numbers: twins stand together.
        most_between: the most nouns between subject and verb, odd.
        seed: decides on the sentences.

    Raises:
        ValueError: a number that is no integer, too small, odd or even where it must not be, or
            more sentences than there are.
    """
    check_integers(0, train=train, validation=validation, test=test)
    check_integers(1, most_between=most_between)
    check_integers(seed=seed)
    for name, count in (("train", train), ("validation", validation), ("test", test)):
        if count % 2:
            raise ValueError(f"{name} is {count}, expected an even number: sentences have twins")
    if not most_between % 2:
        raise ValueError(
            f"most_between is {most_between}, expected an odd number: with the subject, half of "
            "the nouns are singular"
        )
    twins = _twins(Random(seed), most_between)

    def some(count: int) -> tuple[Pair, ...]:
        return tuple(pair for _ in range(count // 2) for pair in next(twins))

    words = {
        "the", *_BETWEEN, *_ADJECTIVES, *(w for forms in (*_NOUNS, *_VERBS) for w in forms)
    }  # fmt: skip
    return Corpus(
        "agreement",
        train=some(train),
        validation=some(validation),
        test=some(test),
        source_vocabulary=Vocabulary(sorted(words)),
        target_vocabulary=Vocabulary([*RIGHT, *WRONG]),
    )


def subject_of(source: Sequence[str]) -> int:
    """The place of the subject, the first noun, counted from 0.

    Raises:
        ValueError: there is no noun.
    """
    for place, word in enumerate(source):
        if word in _KNOWN:
            return place
    raise ValueError(f"source is {list(source)}, expected a sentence with a noun")


def _twins(random: Random, most_between: int) -> Iterator[tuple[Pair, Pair]]:
    """Sentences and their twins without end, no two of them equal."""
    seen: set[tuple[str, ...]] = set()
    fruitless = 0
    while fruitless < PATIENCE:
        nouns = random.randrange(2, most_between + 2, 2)
        plural = [i % 2 for i in range(nouns)]
        random.shuffle(plural)
        heads = [forms[p] for forms, p in zip(random.sample(_NOUNS, nouns), plural, strict=True)]
        adjectives = [random.choice([(), (random.choice(_ADJECTIVES),)]) for _ in heads]
        prepositions = random.choices(_BETWEEN, k=nouns - 1)
        number = random.randrange(2)
        verb = random.choice(_VERBS)[number]
        other = random.choice([i for i in range(nouns) if plural[i] != plural[0]])
        swapped = [*heads]
        swapped[0], swapped[other] = heads[other], heads[0]
        pair = tuple(
            Pair(
                _sentence(order, adjectives, prepositions, verb),
                RIGHT if (plural[0] == number) == (order is heads) else WRONG,
            )
            for order in (heads, swapped)
        )
        sources = {one.source for one in pair}
        fruitless = fruitless + 1 if sources & seen else 0
        if not fruitless:
            seen |= sources
            yield pair[0], pair[1]
    raise ValueError(
        f"there are too few different sentences with up to {most_between} nouns between: found "
        f"{len(seen)}; ask for fewer, or for more nouns between"
    )


def _sentence(
    nouns: list[str], adjectives: list[tuple[str, ...]], prepositions: list[str], verb: str
) -> tuple[str, ...]:
    words: list[str] = []
    phrases = zip([[], *([p] for p in prepositions)], adjectives, nouns, strict=True)
    for preposition, adjective, noun in phrases:
        words += [*preposition, "the", *adjective, noun]
    return (*words, verb)
