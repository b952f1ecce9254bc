"""universal_transformer.reading: three tables of weights, and what they say of words that halt."""

from __future__ import annotations

import torch

from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.universal_transformer.halt_answers import weights_with
from attention_course.exercises.values import Tolerance, Value

WORDS = ("the", "cat", "that", "we", "saw", "sleeps")
PROBABILITIES = (
    (0.95, 0.60, 0.70, 0.80),
    (0.50, 0.45, 0.60, 0.70),
    (0.20, 0.30, 0.20, 0.10),
    (0.30, 0.65, 0.50, 0.60),
    (0.10, 0.40, 0.30, 0.25),
    (0.25, 0.35, 0.40, 0.55),
)
THRESHOLD, T = 0.9, 4

Table = list[list[float]]


def tables() -> dict[str, Table]:
    """The three tables of the question, (words, steps) each, rounded to two decimals."""
    p = torch.tensor(PROBABILITIES).T[:, None]  # (steps, 1, S)
    last = torch.zeros_like(p)
    last[-1] = 1
    found = {
        "cut": weights_with(at_limit="probability")(p, THRESHOLD),
        "fixed": last,
        "text": weights_with()(p, THRESHOLD),
    }
    return {
        name: [[round(weight, 2) for weight in row] for row in weights[:, 0].T.tolist()]
        for name, weights in found.items()
    }


def read_tables() -> dict[str, Value]:
    """The reference."""
    found = tables()
    steps = [sum(weight > 0 for weight in row) for row in found["text"]]
    remainders = [row[n - 1] for row, n in zip(found["text"], steps, strict=True)]
    sums = [sum(row) for row in found["cut"]]
    return {
        "kinds": list(found),
        "steps": steps,
        "stopped": [i for i, total in enumerate(sums) if total < 0.99],
        "cost": (sum(steps) + sum(remainders)) / len(WORDS),
        "reason": "b",
    }


def _mistake(name: str, hint: str, **wrong: Value) -> Mistake:
    return Mistake(name, hint, lambda: read_tables() | wrong)


def _shows_misnamed_fixed(given: Value, expected: Value, inputs: Inputs) -> bool:
    """The three names, but another than B is called fixed."""
    kinds = [str(kind).strip().lower() for kind in given["kinds"]]
    return sorted(kinds) == sorted(expected["kinds"]) and kinds[1] != "fixed"


STEPS = read_tables()["steps"]
COST = read_tables()["cost"]

QUESTION = Question(
    id="universal_transformer.reading",
    answer="read_tables",
    title="Read how long words were thought about",
    points=10,
    minutes=8,
    difficulty=2,
    kind="read",
    cases=tuple(Case(name, part=name) for name in ("kinds", "steps", "stopped", "cost", "reason")),
    reference=read_tables,
    mistakes=(
        Mistake(
            "fixed misnamed",
            "with a fixed number of steps the result is the last state: all weight lies on step 4, "
            "for every word",
            lambda: read_tables() | {"kinds": ["fixed", "cut", "text"]},
            _shows_misnamed_fixed,
        ),
        _mistake(
            "text and cut exchanged",
            "you have exchanged text and cut: as the text has it, the weights of every word sum "
            "to 1",
            kinds=["text", "fixed", "cut"],
        ),
        _mistake(
            "steps from zero",
            "you count steps from 0; a word with weight in one column has made one step",
            steps=[n - 1 for n in STEPS],
        ),
        _mistake(
            "heaviest steps",
            "these are the steps with the largest weights; N is the last step that has any weight",
            steps=[row.index(max(row)) + 1 for row in tables()["text"]],
        ),
        _mistake(
            "all steps",
            "these are the steps of the fixed number; the text's table has zeros after a word has "
            "halted",
            steps=[T] * len(WORDS),
        ),
        _mistake(
            "steps that were not made",
            "you count the zeros, the steps that a word has not made",
            steps=[T - n for n in STEPS],
        ),
        _mistake(
            "all with four steps",
            "one of these words was just done with the fourth step: where the limit alone stops a "
            "word, something of 1 is missing in the table called cut",
            stopped=[i for i, n in enumerate(STEPS) if n == T],
        ),
        _mistake(
            "the wrong one",
            "this word was just done with the fourth step: its weights sum to 1 in both tables; "
            "the other word's do not",
            stopped=[4],
        ),
        _mistake(
            "stopped from one",
            "you count the words from 1; count from 0",
            stopped=[3],
        ),
        _mistake(
            "none stopped",
            "one word's weights do not sum to 1 in the table called cut: the limit came before it "
            "was done",
            stopped=[],
        ),
        _mistake(
            "N alone",
            "this is the mean of N alone; R, a word's last weight, belongs to the cost",
            cost=sum(STEPS) / len(WORDS),
        ),
        _mistake(
            "R alone",
            "this is the mean of R alone; the cost of a word is N + R",
            cost=COST - sum(STEPS) / len(WORDS),
        ),
        _mistake(
            "sum over the words",
            "this is the sum over the words; the cost is their mean",
            cost=COST * len(WORDS),
        ),
        _mistake(
            "cost of the cut table",
            "you have read R in the table called cut, where a word that was stopped has its "
            "probability for R; read it in the text's",
            cost=COST - (0.3 - 0.1) / len(WORDS),
        ),
        _mistake(
            "reason a",
            "in the text's model its state does not change: that it does is what the authors' "
            "program does",
            reason="a",
        ),
        _mistake(
            "reason c",
            "nobody is barred: a word that has halted can still be looked at",
            reason="c",
        ),
        _mistake(
            "reason d",
            "its weight is zero, not its state: the others would find nothing there",
            reason="d",
        ),
    ),
    alternatives={
        "tuples and capitals": lambda: (
            read_tables()
            | {"kinds": ("Cut", "Fixed", "Text"), "steps": tuple(STEPS), "reason": "(b)"}
        ),
        "as tensors": lambda: (
            read_tables()
            | {"steps": torch.tensor(STEPS), "stopped": torch.tensor([2]), "cost": 3.18}
        ),
    },
    tolerance=Tolerance(absolute=0.006, relative=0.0),
)
