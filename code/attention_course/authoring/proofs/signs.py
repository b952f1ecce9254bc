"""The sign of a mistake shows nothing in what is right, nor in what is wrong in another way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from attention_course.authoring.proofs.common import Problems, seeds, trains
from attention_course.authoring.proofs.wrong_values import noisy, zeros_like
from attention_course.exercises.asking import Outcome, Returned
from attention_course.exercises.judging import AnswerKey
from attention_course.exercises.question import Inputs, Mistake, Question
from attention_course.exercises.values import UPSET, Value


def signs_in_what_is_right(key: AnswerKey, outcomes: Sequence[Outcome]) -> Problems:
    """No sign shows in what the reference did in any case."""
    question = key.question
    for outcome, expected, inputs in zip(outcomes, key.expected, key.drawn, strict=True):
        if not isinstance(outcome, Returned):
            continue
        given = question.finish(outcome.value, inputs) if question.finish else outcome.value
        for mistake in question.mistakes:
            if _shows(mistake, given, expected, inputs):
                yield f"the sign of the mistake {mistake.name!r} shows in what is right too"


def _shows(mistake: Mistake, given: Value, expected: Value, inputs: Inputs) -> bool:
    try:
        return mistake.sign is not None and bool(mistake.sign(given, expected, inputs))
    except UPSET:  # as in judging: such a sign does not show
        return False


def signs_show_nothing_else(question: Question) -> Problems:
    """No mistake is named by its sign where zeros are returned, or what is right with noise.

    Left out where an answer trains or where the judge expects another form than an answer's.
    """
    signed = [mistake for mistake in question.mistakes if mistake.sign is not None]
    if trains(question) or question.kept_back or not signed:
        return
    for seed in seeds(question):
        key = AnswerKey(question, question.draw(seed))
        for what, change in (("zeros", zeros_like), ("what is right with noise", noisy)):
            outcomes = [Returned(change(value)) for value in key.expected]
            for mistake in signed:
                alone = AnswerKey(replace(question, mistakes=(mistake,)), key.drawn)
                if alone.judge(outcomes).mistake:
                    yield f"the sign of the mistake {mistake.name!r} shows in {what} too"
