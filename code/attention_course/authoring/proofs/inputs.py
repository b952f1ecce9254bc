"""Inputs are drawn from the seed alone, and really change with it."""

from __future__ import annotations

import torch

from attention_course.authoring.proofs.common import OTHER_SEED, Problems, trains
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import AnswerKey
from attention_course.exercises.question import Inputs, Question
from attention_course.exercises.values import Value, identical


def inputs_change(question: Question) -> Problems:
    """Inputs depend on the seed alone, and with another seed other answers are right.

    Cases that share one run may agree in parts, not in all.
    """
    ones, others = question.draw(SEED), question.draw(OTHER_SEED)
    if not trains(question) and not identical(_listed(ones), _listed(_drawn_elsewhere(question))):
        yield "its inputs depend on more than the seed"
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


def _drawn_elsewhere(question: Question) -> list[Inputs]:
    """The inputs of the first seed, drawn after other random numbers and in another mood."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        torch.set_default_dtype(torch.float64)
        try:
            return question.draw(SEED)
        finally:
            torch.set_default_dtype(torch.float32)


def _listed(drawn: list[Inputs]) -> list[Value]:
    return [dict(inputs) for inputs in drawn]


def _alike(question: Question, one: Value, other: Value, inputs: Inputs) -> bool:
    """Whether what is right with one seed would pass with the other."""
    if question.kept_back:  # these the judge expects in another form than an answer's
        return identical(one, other)
    return question.judge(one, other, inputs, question.tolerance) is None
