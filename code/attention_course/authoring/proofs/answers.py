"""What is right passes, what is wrong gets its own hint, what is no work wins nothing."""

from __future__ import annotations

import itertools
from dataclasses import replace

import torch

from attention_course.authoring.proofs.common import Problems, seeds, trains
from attention_course.authoring.proofs.signs import signs_in_what_is_right
from attention_course.authoring.proofs.wrong_values import zeros_like
from attention_course.exercises.asking import Answer, Outcome, Raised, Returned
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import AnswerKey, Verdict, examine
from attention_course.exercises.problems import STUB
from attention_course.exercises.putting import put, put_again
from attention_course.exercises.question import Case, Inputs, Mistake, Question
from attention_course.exercises.values import Tolerance


def reference_passes(question: Question) -> Problems:
    """The reference passes every check, wins all points, and shows the sign of no mistake."""
    count = len(question.cases)
    for seed in seeds(question):
        key = AnswerKey(question, question.draw(seed))
        outcomes = put(question, question.reference, key.drawn)
        for case, outcome in zip(question.cases, outcomes, strict=True):
            if isinstance(outcome, Raised):
                what = f"{outcome.type_name}: {outcome.message}"
                yield f"the reference raises with the case {case.name!r}: {what}"
                return
        verdict = key.judge(outcomes, put_again(question, question.reference, key.drawn))
        if verdict.line != f"{question.name}: {count} of {count} checks":
            yield f"the reference does not pass: {verdict.line}"
            return
        if verdict.points != question.points:
            yield f"the reference wins {verdict.points} points of {question.points}"
            return
        yield from signs_in_what_is_right(key, outcomes)


def alternatives_pass(question: Question) -> Problems:
    """Every stated alternative passes."""
    for name in question.alternatives:
        yield from alternative_passes(question, name)


def alternative_passes(question: Question, name: str) -> Problems:
    """One stated alternative passes."""
    for seed in seeds(question):
        verdict = examine(question, question.alternatives[name], seed)
        if not all(verdict.passed):
            yield f"the alternative {name!r} is not accepted: {verdict.line}"
            return  # with other inputs it would be said again


def mistakes_are_named(question: Question) -> Problems:
    """Every known mistake is rejected with its own hint."""
    for mistake in question.mistakes:
        yield from mistake_is_named(question, mistake)


def mistake_is_named(question: Question, mistake: Mistake) -> Problems:
    """One known mistake is rejected with its own hint."""
    for seed in seeds(question):
        problem = _misnamed(question, mistake, examine(question, mistake.answer, seed))
        if problem:
            yield f"the mistake {mistake.name!r} {problem}"
            return  # with other inputs it would be said again


def _misnamed(question: Question, mistake: Mistake, verdict: Verdict) -> str:
    if all(verdict.passed):
        return "passes"
    if verdict.mistake != mistake.name:
        return f"is taken for {verdict.mistake or 'none that is known'}: {verdict.line}"
    if not verdict.line.startswith(f"{question.name}: hint: {mistake.hint}"):
        return f"gets another hint: {verdict.line}"
    return "" if verdict.points < question.points else "wins all points"


def mistakes_are_far_apart(question: Question) -> Problems:
    """Ten times the tolerance still tells mistakes and reference apart: rounding cannot blur them.

    Mistakes that are recognised by a sign of their own are left out.
    """
    if trains(question):
        return
    tolerance = question.tolerance
    wide = replace(
        tolerance,
        absolute=tolerance.absolute * (10 if tolerance.absolute < 1e-3 else 1),
        relative=tolerance.relative * 10,
    )
    for seed in seeds(question):
        drawn = question.draw(seed)
        answers = {"the reference": question.reference}
        answers |= {f"{m.name!r}": m.answer for m in question.mistakes if m.sign is None}
        outcomes = {name: put(question, answer, drawn) for name, answer in answers.items()}
        for (one, ones), (other, others) in itertools.combinations(outcomes.items(), 2):
            rows = zip(question.cases, drawn, ones, others, strict=True)
            if not any(_differ(question, wide, *row) for row in rows):
                yield f"{one} and {other} give the same"


def _differ(
    question: Question, tolerance: Tolerance, case: Case, inputs: Inputs, a: Outcome, b: Outcome
) -> bool:
    if not (isinstance(a, Returned) and isinstance(b, Returned)):
        return type(a) is not type(b)
    values = (a.value, b.value)
    if case.part is not None:
        values = (a.value[case.part], b.value[case.part])
    return question.judge(*values, inputs, tolerance) is not None


def stub(*inputs: object) -> None:
    """The learner's notebook as it was handed out."""
    raise NotImplementedError(STUB)


LAZY: dict[str, Answer] = {
    "nothing": lambda *inputs: None,
    "its first input": lambda *inputs: inputs[0] if inputs else {},
    "a zero": lambda *inputs: torch.zeros(()),
    "an empty list": lambda *inputs: [],
    "an empty text": lambda *inputs: "",
}


def no_work_wins_nothing(question: Question) -> Problems:
    """A stub is told from an answer; a stub, constants and zeros of the right shape win nothing."""
    key = AnswerKey(question, question.draw(SEED))
    verdict = key.judge(put(question, stub, key.drawn))
    if any(verdict.passed) or "not written yet" not in verdict.line:
        yield f"a stub is not called one: {verdict.line}"
    given = {name: put(question, answer, key.drawn) for name, answer in LAZY.items()}
    if not trains(question):
        given["zeros of the right shape"] = [Returned(zeros_like(v)) for v in key.expected]
    for name, outcomes in given.items():
        verdict = key.judge(outcomes)
        if any(verdict.passed):
            yield f"a function that returns {name} wins {verdict.points:g} points"
