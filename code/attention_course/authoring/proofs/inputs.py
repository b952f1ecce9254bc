"""Inputs are drawn from the seed alone, and really change with it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch

from attention_course.authoring.proofs.common import OTHER_SEED, Problems
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import AnswerKey
from attention_course.exercises.question import Draw, Inputs, Question
from attention_course.exercises.values import Value, identical, named, plain

OTHER_STATE = 2  # of the random generators that no draw may use


def inputs_are_drawn(question: Question) -> Problems:
    """Every case draws values, and draws them from its generator alone."""
    drawn: list[Inputs] = []
    cases = question.cases[:1] if question.in_parts else question.cases  # parts share one run
    for case in cases:
        try:
            drawn += replace(question, cases=(case,)).draw(SEED)
        except Exception as error:
            yield f"its case {case.name!r} cannot be drawn: {type(error).__name__}: {error}"
            return
        if not isinstance(drawn[-1], Mapping):
            yield f"its case {case.name!r} draws {named(drawn[-1])}, expected a dictionary"
            return
        for name, value in drawn[-1].items():
            if not identical(plain(value), value):
                yield (
                    f"its input {name!r} is {type(value).__name__}, "
                    "expected what can be sent to an answer (exercises/values.py)"
                )
    disturbed = tuple(replace(case, draw=_disturbed(case.draw)) for case in cases)
    again = replace(question, cases=disturbed).draw(SEED)
    differing: dict[str, list[str]] = {}  # inputs, with the cases in which they do
    for case, one, other in zip(cases, drawn, again, strict=True):
        for name in one:
            if name not in other or not identical(one[name], other[name]):
                differing.setdefault(name, []).append(case.name)
    for name, where in differing.items():
        yield (
            f"its input {name!r} depends on more than the generator that its draw is given, with: "
            f"{', '.join(where)}"
        )


def _disturbed(draw: Draw) -> Draw:
    """The draw, when other random numbers were drawn before; `Question.draw` puts all back."""

    def disturbed(generator: torch.Generator) -> dict[str, Value]:
        torch.default_generator.manual_seed(OTHER_STATE)
        random.seed(OTHER_STATE)
        np.random.seed(OTHER_STATE)  # noqa: NPY002
        return draw(generator)

    return disturbed


def inputs_change(question: Question) -> Problems:
    """With another seed other answers are right.

    Cases that share one run may agree in parts, not in all.
    """
    ones, others = question.draw(SEED), question.draw(OTHER_SEED)
    expected = AnswerKey(question, ones).expected, AnswerKey(question, others).expected
    same = []
    for case, inputs, one, other in zip(question.cases, others, *expected, strict=True):
        if not inputs:
            continue
        if case.part is not None:
            one, other = one[case.part], other[case.part]
        if _alike(question, one, other, inputs):
            same.append(case.name)
    if same and (not question.in_parts or len(same) == len(question.cases)):
        yield f"with two seeds the same answer is right: {', '.join(same)}"


def _alike(question: Question, one: Value, other: Value, inputs: Inputs) -> bool:
    """Whether what is right with one seed would pass with the other."""
    if question.kept_back:  # these the judge expects in another form than an answer's
        return identical(one, other)
    return question.judge(one, other, inputs, question.tolerance) is None
