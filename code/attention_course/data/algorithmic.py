"""Tasks with a rule that is known and words that mean nothing: what is to be learnt is *where*.

``stretched``: the target is the source with each word said one to three times in a row. How often
is a property of the word, so that a translation is a function of its source. With every
word that is stretched the place to look at falls further behind the place of writing: to write
position t one must look at about t/2.
"""

from __future__ import annotations

from random import Random

from attention_course.data.checks import check_integers
from attention_course.data.distinct import distinct_corpus, sequence
from attention_course.data.pairs import Corpus, Pair


def stretch(source: tuple[str, ...], times: dict[str, int]) -> Pair:
    """Each word of the source so many times in a row as ``times`` has it, linked to its origin."""
    origins = [s for s, word in enumerate(source) for _ in range(times[word])]
    return Pair(source, tuple(source[s] for s in origins), frozenset(enumerate(origins)))


def stretched(
    *,
    train: int = 5_000,
    validation: int = 200,
    test: int = 500,
    words: int = 30,
    most: int = 3,
    min_length: int = 4,
    max_length: int = 12,
    seed: int = 0,
) -> Corpus:
    """Random words, each said again as often as it is that word's habit. All sources differ.

    Args:
        train, validation, test: how many pairs of each.
        words: size of the vocabulary. Words follow each other by chance, so that none can be
            guessed from those before it.
        most: a word is said 1 to ``most`` times; the numbers are dealt out evenly over the words.
            1 makes the task a plain copy.
        min_length, max_length: the fewest and the most source words, all lengths equally likely.
        seed: decides on the sentences and on which word is said how often.

    Raises:
        ValueError: a number that is no integer or too small, lengths in the wrong order, or more
            sentences than there are.
    """
    check_integers(1, words=words, most=most, min_length=min_length, max_length=max_length)
    check_integers(seed=seed)
    if min_length > max_length:
        raise ValueError(f"min_length is {min_length}, expected at most max_length = {max_length}")
    random = Random(seed)
    vocabulary = [f"w{i:0{len(str(words - 1))}d}" for i in range(words)]
    habits = [1 + i % most for i in range(words)]
    random.shuffle(habits)
    times = dict(zip(vocabulary, habits, strict=True))
    return distinct_corpus(
        "stretched",
        vocabulary,
        draw=lambda lengths: sequence(random, vocabulary, lengths),
        solve=lambda source: stretch(source, times),
        counts=(train, validation, test),
        lengths=(min_length, max_length),
        test_lengths=(min_length, max_length),
    )
