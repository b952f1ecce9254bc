"""self_attention.by_hand: one word of three looks at all, with a pencil, and a slope."""

from __future__ import annotations

import math

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.self_attention.by_hand_answers import (
    ASKING,
    KEYS,
    PULLED,
    SCORES,
    VALUES,
    WEIGHTS,
    asked_instead,
    from_differences,
    mixed,
    of_chapter,
    over_the_queries,
    products,
    rounded,
    scaled,
    slopes,
    softmax,
    step,
    three_words,
)
from attention_course.exercises.values import Tolerance, Value


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: three_words() | wrong)


QUESTION = Question(
    id="self_attention.by_hand",
    answer="three_words",
    title="Three words by hand",
    points=14,
    minutes=15,
    difficulty=1,
    kind="by hand",
    cases=tuple(Case(name, part=name) for name in ("weights", "new", "causal", "slopes", "pull")),
    reference=three_words,
    mistakes=(
        Mistake(
            "the chapter's words",
            "these are the numbers of the chapter; here the words and their vectors are others",
            of_chapter,
        ),
        Mistake(
            "no scale",
            "your scores are the dot products as they are; they are divided by √d_k, which is 2",
            lambda: scaled(lambda product: product),
        ),
        Mistake(
            "divided by d_k",
            "your dot products are divided by d_k = 4; they are divided by its root",
            lambda: scaled(lambda product: product / 4),
        ),
        Mistake(
            "multiplied",
            "your dot products are multiplied by √d_k; they are divided by it",
            lambda: scaled(lambda product: product * 2),
        ),
        Mistake(
            "root of d_v",
            "your dot products are divided by √2, the root of a value's size; d_k is the size of a "
            "query, 4",
            lambda: scaled(lambda product: product / math.sqrt(2)),
        ),
        Mistake(
            "softmax along the columns",
            "your softmax runs over the words that ask, along a column of the scores; the row of "
            "*eat* has to sum to one",
            lambda: step(over_the_queries()),
        ),
        Mistake(
            "key for query",
            "you have how the other words look at *eat*, by its key; here *eat* asks, by its query",
            lambda: step(asked_instead()),
        ),
        Mistake(
            "row of birds",
            "these are the weights of *birds*; *eat* asks",
            lambda: step(softmax([product / 2 for product in products(0)])),
        ),
        Mistake(
            "row of seeds",
            "these are the weights of *seeds*; *eat* asks",
            lambda: step(softmax([product / 2 for product in products(2)])),
        ),
        Mistake(
            "not divided",
            "these are exp of the scores; divide each by their sum",
            lambda: step([math.exp(e) for e in SCORES]),
        ),
        Mistake(
            "shares without exp",
            "your weights are the scores' shares of their sum; take exp of each score first",
            lambda: step([e / sum(SCORES) for e in SCORES]),
        ),
        _mistake(
            "keys mixed",
            "you sum the keys by their weights; it is the values that are summed",
            new=mixed(WEIGHTS, KEYS),
        ),
        _mistake(
            "the winner alone",
            "this is the value of the word with the largest weight; the others count too",
            new=list(VALUES[0]),
        ),
        _mistake(
            "plain mean",
            "this is the mean of the values; each counts by its weight",
            new=mixed([1 / 3] * 3),
        ),
        _mistake(
            "own value added",
            "you add the value of *eat* to the sum, where it is already, by its weight",
            new=[o + v for o, v in zip(mixed(WEIGHTS), VALUES[ASKING], strict=True)],
        ),
        _mistake(
            "causal already",
            "this is the new vector under the causal mask; here *eat* sees all three words",
            new=mixed(step()["causal"]),
        ),
        _mistake(
            "cut after the softmax",
            "your weight of *seeds* is cut off after the softmax, so that the rest sums to less "
            "than one; the softmax runs over the words that may be seen",
            causal=[*WEIGHTS[: ASKING + 1], 0.0],
        ),
        _mistake(
            "score of zero",
            "you set the score of *seeds* to 0, but exp(0) is 1, so that it still takes its share",
            causal=softmax([*SCORES[: ASKING + 1], 0.0]),
        ),
        _mistake(
            "itself left out",
            "under the causal mask a word sees itself too, beside those before it",
            causal=softmax(SCORES, [0]),
        ),
        _mistake(
            "the later ones",
            "you look at the words from *eat* on; the causal mask leaves it those up to *eat*",
            causal=softmax(SCORES, [1, 2]),
        ),
        _mistake(
            "two numbers",
            "you give two weights; give all three, with a zero where the mask forbids to look",
            causal=softmax(SCORES)[:2],
        ),
        _mistake(
            "each by its own score",
            "your slopes are a(1 − a), of each weight with its own score; one score moves here, "
            "that of *seeds*, and the other weights fall",
            slopes=[a * (1 - a) for a in WEIGHTS],
        ),
        _mistake(
            "no delta",
            "your slope at *seeds* itself is −a²; the weight whose own score moves has a(1 − a)",
            slopes=[-a * WEIGHTS[PULLED] for a in WEIGHTS],
        ),
        _mistake(
            "others unmoved",
            "only the weight of *seeds* has a slope with you; where it grows the others lose as "
            "much in all",
            slopes=[0.0, 0.0, slopes(WEIGHTS)[PULLED]],
        ),
        _mistake(
            "the others grow",
            "your slopes are all positive, but the weights sum to one: where one grows the others "
            "fall",
            slopes=[abs(slope) for slope in slopes(WEIGHTS)],
        ),
        _mistake(
            "the score of birds",
            "these are the slopes with the score of *birds*; it is that of *seeds* that moves",
            slopes=slopes(WEIGHTS, 0),
            pull=mixed(slopes(WEIGHTS, 0)),
        ),
        _mistake(
            "the score of eat",
            "these are the slopes with the score of *eat*; it is that of *seeds* that moves",
            slopes=slopes(WEIGHTS, 1),
            pull=mixed(slopes(WEIGHTS, 1)),
        ),
        _mistake(
            "the value alone",
            "your pull is the weight times the value of *seeds*; what the other words lose has to "
            "be taken off",
            pull=[WEIGHTS[PULLED] * v for v in VALUES[PULLED]],
        ),
        _mistake(
            "weight left out",
            "your pull is the way from the new vector to the value of *seeds*; it goes that way by "
            "the weight of *seeds* only",
            pull=[v - o for v, o in zip(VALUES[PULLED], mixed(WEIGHTS), strict=True)],
        ),
        _mistake(
            "away from it",
            "your pull has the wrong sign: a higher score of *seeds* moves the new vector towards "
            "its value",
            pull=[-p for p in mixed(slopes(WEIGHTS))],
        ),
        _mistake(
            "growth of its weight alone",
            "your pull counts the growth of one weight, a(1 − a), and not that the others fall",
            pull=[slopes(WEIGHTS)[PULLED] * v for v in VALUES[PULLED]],
        ),
        Mistake(
            "exp of zero",
            "a score of 0 is no weight of 0: exp(0) is 1",
            lambda: step([5 / 7, 0.0, 2 / 7]),
        ),
        Mistake(
            "sign lost",
            "you have lost a sign: the last number in the query of *eat* is negative",
            lambda: step([5 / 14, 1 / 14, 8 / 14]),
        ),
        Mistake(
            "one of two ones",
            "the key of *seeds* has two ones, so that two numbers of the query are added",
            lambda: step([5 / 10, 1 / 10, 4 / 10]),
        ),
        _mistake(
            "slopes upside down",
            "your slopes have the wrong sign: the weight whose own score grows, grows",
            slopes=[-slope for slope in slopes(WEIGHTS)],
        ),
    ),
    alternatives={
        "rounded to two decimals": rounded,
        "slopes from small differences": from_differences,
        "as tuples": lambda: {name: tuple(part) for name, part in three_words().items()},
    },
    tolerance=Tolerance(absolute=0.012, relative=0.0),
)
