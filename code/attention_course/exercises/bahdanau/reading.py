"""bahdanau.reading: what a matrix of attention weights says, and how far it can be trusted."""

from __future__ import annotations

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.values import Tolerance, Value

# A small model of chapter 2, trained on generated sentences of at most eight words, translated
# this one without a mistake. Its weights are rounded to two decimals.
SOURCE = ("the", "clever", "teacher", "does", "not", "dance", "<eos>")
TARGET = ("le", "professeur", "intelligent", "ne", "danse", "pas")
WEIGHTS = (
    (0.64, 0.03, 0.34, 0.00, 0.00, 0.00, 0.00),
    (0.01, 0.07, 0.92, 0.00, 0.00, 0.00, 0.00),
    (0.00, 0.97, 0.02, 0.00, 0.01, 0.00, 0.00),
    (0.00, 0.01, 0.02, 0.53, 0.29, 0.13, 0.01),
    (0.01, 0.00, 0.01, 0.07, 0.11, 0.77, 0.03),
    (0.01, 0.01, 0.01, 0.02, 0.26, 0.63, 0.06),
)
GOLD = frozenset({(0, 0), (1, 2), (2, 1), (3, 3), (3, 4), (4, 5), (5, 4)})  # (target, source)


def reading() -> dict[str, Value]:
    """The reference."""
    links = [max(range(len(row)), key=row.__getitem__) for row in WEIGHTS]
    found = set(enumerate(links))
    return {
        "links": links,
        "wrong": [t for t, s in sorted(found - GOLD)],
        "error_rate": 1 - 2 * len(found & GOLD) / (len(found) + len(GOLD)),
        "reason": "b",
    }


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: reading() | wrong)


QUESTION = Question(
    id="bahdanau.reading",
    answer="reading",
    title="Read an alignment",
    points=10,
    minutes=15,
    difficulty=2,
    kind="read",
    cases=(
        Case("links", part="links"),
        Case("wrong", part="wrong"),
        Case("error_rate", part="error_rate"),
        Case("reason", part="reason"),
    ),
    reference=reading,
    mistakes=(
        _mistake(
            "columns read",
            "you read down the columns; a row is one French word, and its weights sum to one",
            links=[0, 2, 1, 3, 3, 4],
        ),
        _mistake(
            "links from one",
            "you count the English words from 1; count from 0",
            links=[1, 3, 2, 4, 6, 6],
        ),
        _mistake(
            "links as they should be",
            "these are the links as they should be; the question asks where the model looked",
            links=[0, 2, 1, 3, 5, 4],
        ),
        _mistake(
            "the diagonal",
            "this is the diagonal; look for the largest weight of each row",
            links=[0, 1, 2, 3, 4, 5],
        ),
        _mistake(
            "wrong from one",
            "you count the French words from 1; count from 0",
            wrong=[6],
        ),
        _mistake(
            "ne is right",
            "ne belongs to two English words, and a link to either of them is right",
            wrong=[3, 5],
        ),
        _mistake(
            "none wrong",
            "one French word looked mostly at an English word that it does not come from",
            wrong=[],
        ),
        _mistake(
            "share of wrong links",
            "this is the share of wrong links; the error rate also counts the gold links that were "
            "missed",
            error_rate=1 / 6,
        ),
        _mistake(
            "share of missed links",
            "this is the share of gold links that were missed; the error rate also counts the "
            "wrong ones",
            error_rate=2 / 7,
        ),
        _mistake(
            "agreement",
            "this is how well they agree; the error rate is one minus that",
            error_rate=10 / 13,
        ),
        _mistake(
            "the union below",
            "you divide by the number of different links; the error rate divides twice the common "
            "ones by the two numbers added up",
            error_rate=3 / 8,
        ),
        _mistake(
            "reason a",
            "the translation is right, pas and all; so the model did find out that it is negated",
            reason="a",
        ),
        _mistake(
            "reason c",
            "the weights of each row do sum to one: over the English words, as they should",
            reason="c",
        ),
        _mistake(
            "reason d",
            "no word is padding in this sentence",
            reason="d",
        ),
    ),
    alternatives={
        "rounded": lambda: {**reading(), "error_rate": 0.23},
        "tuples and a capital": lambda: {
            **reading(),
            "links": (0, 2, 1, 3, 5, 5),
            "wrong": (5,),
            "reason": "B",
        },
        "a fraction": lambda: {**reading(), "error_rate": 3 / 13},
    },
    tolerance=Tolerance(absolute=0.006, relative=0.0),
)
