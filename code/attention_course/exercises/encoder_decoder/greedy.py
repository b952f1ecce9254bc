"""encoder_decoder.greedy: the most probable word, again and again, until the end mark."""

from __future__ import annotations

from collections.abc import Callable

from torch import Generator

from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.drawing import normal
from attention_course.exercises.encoder_decoder.greedy_answers import (
    columns,
    greedy,
    one_by_one,
    shrinking,
)
from attention_course.exercises.encoder_decoder.greedy_mistakes import (
    BEHIND,
    ENDLESS,
    MISTAKES,
    TOO_OFTEN,
)
from attention_course.exercises.encoder_decoder.greedy_model import (
    HIDDEN,
    VOCABULARY,
    goes_on,
    lengths,
    model,
    most,
)
from attention_course.exercises.partner import Partner
from attention_course.exercises.question import Case, Draw, Inputs, Question
from attention_course.exercises.values import Tolerance, Value


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """The same tokens; no more calls than there are words in all sentences.

    What the expected output does itself is no problem, so that mistakes can be recognised.
    """
    if given["endless"] and not expected["endless"]:
        return Problem(Rank.RAISED, ENDLESS)
    problem = compare(given["returned"], expected["returned"], inputs, tolerance)
    if problem is not None:
        return problem
    if goes_on(given, inputs) and not goes_on(expected, inputs):
        return Problem(Rank.NUMBERS, TOO_OFTEN)
    return None


def _inputs(wanted: Callable[[list[int]], bool], batch: int, max_length: int) -> Draw:
    """Models are drawn until the lengths of the sentences that they write are as wanted.

    `wanted` gets the lengths in rising order; a sentence that would go on behind the limit has
    max_length + BEHIND words.
    """

    def draw(generator: Generator) -> dict[str, Value]:
        while True:
            inputs = {
                "state": normal(generator, batch, HIDDEN),
                "E": normal(generator, VOCABULARY, HIDDEN),
                "U": normal(generator, HIDDEN, HIDDEN, std=HIDDEN**-0.5),
                "W_o": normal(generator, VOCABULARY, HIDDEN),
                "max_length": max_length,
            }
            if wanted(lengths(inputs | {"max_length": max_length + BEHIND})):
                return inputs

    return draw


QUESTION = Question(
    id="encoder_decoder.greedy",
    answer="greedy",
    title="Write one word after the other",
    points=10,
    minutes=20,
    difficulty=3,
    kind="write",
    cases=(
        Case("sentences of unequal length", _inputs(lambda n: 1 < n[0] < n[1] < n[2] < 9, 3, 30)),
        Case("a batch of one", _inputs(lambda n: 3 <= n[0] < 6, 1, 12)),
        Case(
            "a sentence that does not end",
            _inputs(lambda n: 1 < n[0] < 5 and n[1] == 6 + BEHIND, 2, 6),
        ),
        Case(
            "a sentence that ends at once",
            _inputs(lambda n: n[0] == 1 and 3 < n[1] < 8, 2, 12),
        ),
    ),
    reference=greedy,
    mistakes=MISTAKES,
    alternatives={
        "column by column": columns,
        "sentence by sentence, as tensors": one_by_one,
        "a batch that shrinks": shrinking,
    },
    partner=Partner(model, hidden=("E", "U", "W_o"), most=most),
    judge=judge,
    barred=("attention_course.decoding",),
)
