"""From what an answer did on every case to a verdict with a hint.

A hint names the known mistake that explains what the answer did; only where none does, it says in
general what is wrong.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from attention_course.exercises.asking import Answer, Outcome, Raised, Returned, apart
from attention_course.exercises.comparing import Problem, Rank
from attention_course.exercises.problems import problem_of
from attention_course.exercises.putting import Rounds, put, put_again
from attention_course.exercises.question import Inputs, Mistake, Put, Question
from attention_course.exercises.recognising import recognised
from attention_course.exercises.values import UPSET, Foreign, Value


@dataclass(frozen=True)
class Verdict:
    """What is thought of an answer.

    Attributes:
        question: the question.
        passed: for each case, whether it passed.
        hint: one sentence, empty where all passed.
        mistake: the name of the known mistake that the hint names, if any.
    """

    question: Question
    passed: tuple[bool, ...]
    hint: str = ""
    mistake: str | None = None

    @property
    def points(self) -> float:
        """The points won: those of the question, shared evenly by its cases."""
        return self.question.points * sum(self.passed) / len(self.passed)

    @property
    def line(self) -> str:
        """What a learner reads: one line, the same each time for the same answer."""
        count = f"{sum(self.passed)} of {len(self.passed)} checks"
        if not self.hint:
            return f"{self.question.name}: {count}"
        if not any(self.passed):
            return f"{self.question.name}: hint: {self.hint}"
        failed = [
            case.name
            for case, passed in zip(self.question.cases, self.passed, strict=True)
            if not passed
        ]
        return f"{self.question.name}: hint: {self.hint} ({count}; not: {', '.join(failed)})"


class AnswerKey:
    """A question with drawn inputs, and what the reference and the known mistakes do on them.

    They are run when they are first needed and then kept, so that many answers to one question
    cost little more than one.
    """

    def __init__(self, question: Question, drawn: Sequence[Inputs]) -> None:
        self.question = question
        self.drawn = drawn
        self._mistakes: dict[str, list[Outcome]] = {}

    @functools.cached_property
    def expected(self) -> list[Value]:
        """What the reference returns in every case, or what of the inputs was kept back."""
        question = self.question
        if question.kept_back:
            return [{name: inputs[name] for name in question.kept_back} for inputs in self.drawn]
        outcomes = put(question, question.reference, self.drawn)
        if self._timed:  # what the machine does besides must not make loops look quick
            others = put(question, question.reference, self.drawn)
            outcomes = list(map(_in_less, outcomes, others))
        outcomes = self._finished(outcomes)
        for outcome in outcomes:
            if isinstance(outcome, Raised):
                raise RuntimeError(f"the reference of {question.id} raised {outcome}")
        return [outcome.value for outcome in outcomes if isinstance(outcome, Returned)]

    def of(self, mistake: Mistake) -> list[Outcome]:
        """What the answer with this mistake does in every case."""
        if mistake.name not in self._mistakes:
            outcomes = put(self.question, mistake.answer, self.drawn)
            self._mistakes[mistake.name] = self._finished(outcomes)
        return self._mistakes[mistake.name]

    @apart(0)
    def judge(self, outcomes: Sequence[Outcome], again: Outcome | None = None) -> Verdict:
        """Judges what an answer did.

        Args:
            outcomes: what it did in every case, in order.
            again: what it did when it was asked the first case once more in the end.
        """
        cases = self.question.cases
        outcomes = self._finished(outcomes)
        problems = [
            problem_of(self.question, case, outcome, right, inputs)
            for case, outcome, right, inputs in zip(
                cases, outcomes, self.expected, self.drawn, strict=True
            )
        ]
        if again is not None and problems[0] is None:
            problems[0] = self._remembered(again)
        passed = tuple(problem is None for problem in problems)
        found = [problem for problem in problems if problem is not None]
        if not found:
            return Verdict(self.question, passed)
        mistake = recognised(self, outcomes, passed)
        if mistake is not None:
            return Verdict(self.question, passed, mistake.hint, mistake.name)
        return Verdict(self.question, passed, min(found, key=lambda p: p.rank).sentence)

    def rounds(
        self,
        drawn: Sequence[Inputs],
        firsts: Sequence[Outcome],
        put: Put,
        judging: AbstractContextManager[object] | None = None,
    ) -> list[Outcome]:
        """As `Question.rounds`; a second round that took too long is tried once again.

        Of each of its runs the shorter time counts, and what it returned both times: so a right
        answer does not suffer from what else the machine has to do.

        Args:
            drawn: the inputs of every run; beyond those of all cases, again those of the first.
            firsts: what came of those runs.
            put: as there.
            judging: is entered while it is judged how long it took; None (default) for nothing.
        """
        outcomes = self.question.rounds(drawn, firsts, put)
        judging = judging or contextlib.nullcontext()
        with judging:
            slow = self._slow(outcomes)
        if not slow:
            return outcomes
        others = self.question.rounds(drawn, firsts, put)
        with judging:
            return [
                self._tried_twice(*both, place % len(self.drawn))
                for place, both in enumerate(zip(outcomes, others, strict=True))
            ]

    def _tried_twice(self, one: Outcome, other: Outcome, place: int) -> Outcome:
        """Of two tries of a second round that which is judged, with the shorter times."""
        if isinstance(one, Raised) or isinstance(other, Raised):
            return one
        if one.value["second"] is None or other.value["second"] is None:
            return one
        one, other = _in_less(one, other), _in_less(other, one)
        case, right, inputs = self.question.cases[place], self.expected[place], self.drawn[place]
        return one if problem_of(self.question, case, one, right, inputs) else other

    def repeated(self, before: Outcome) -> Rounds:
        """How an answer is asked the first case once more: without what is only there to be timed.

        Args:
            before: what came of that case.
        """

        def first_alone(
            drawn: Sequence[Inputs], firsts: Sequence[Outcome], put: Put
        ) -> list[Outcome]:
            return [
                Returned({**before.value, "first": first.value}, first.changed)
                if isinstance(first, Returned) and isinstance(before, Returned)
                else first
                for first in firsts
            ]

        return first_alone if self._timed else self.rounds

    @property
    def _timed(self) -> bool:
        return self.question.second is not None and self.question.second.slow is not None

    def _slow(self, outcomes: Sequence[Outcome]) -> bool:
        second = self.question.second
        if second is None or second.slow is None:
            return False
        rights = [*self.expected, self.expected[0]]
        drawn = [*self.drawn, self.drawn[0]]
        return any(
            isinstance(outcome, Returned)
            and outcome.value["second"] is not None
            and second.slow(outcome.value, right, inputs)
            for outcome, right, inputs in zip(outcomes, rights, drawn, strict=False)
        )

    def _finished(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes as they are judged; one that several parts share is made once."""
        made: dict[int, Outcome] = {}
        for outcome, inputs in zip(outcomes, self.drawn, strict=True):
            if id(outcome) not in made:
                made[id(outcome)] = _finish(self.question, outcome, inputs)
        return [made[id(outcome)] for outcome in outcomes]

    def _remembered(self, again: Outcome) -> Problem | None:
        again = _finish(self.question, again, self.drawn[0])
        right, inputs = self.expected[0], self.drawn[0]
        if problem_of(self.question, self.question.cases[0], again, right, inputs) is None:
            return None
        return Problem(
            Rank.CHANGED,
            "asked the same again, your function answers otherwise: it must depend on its inputs "
            "alone, not on what came before",
        )


def judge(question: Question, drawn: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Verdict:
    """Judges what one answer did in every case."""
    return AnswerKey(question, drawn).judge(outcomes)


def examine(question: Question, answer: Answer, seed: int) -> Verdict:
    """Draws, asks and judges in this process."""
    return tried(AnswerKey(question, question.draw(seed)), answer)


def tried(key: AnswerKey, answer: Answer) -> Verdict:
    """Asks and judges in this process, on inputs that have been drawn."""
    outcomes = put(key.question, answer, key.drawn, key.rounds)
    again = put_again(key.question, answer, key.drawn, key.repeated(outcomes[0]))
    return key.judge(outcomes, again)


def _in_less(one: Outcome, other: Outcome) -> Outcome:
    """Of two tries the one, with the shorter times of both."""
    if isinstance(one, Raised) or isinstance(other, Raised):
        return one
    cpu = list(map(min, one.value["cpu"], other.value["cpu"]))
    return Returned({**one.value, "cpu": cpu}, one.changed)


def _finish(question: Question, outcome: Outcome, inputs: Inputs) -> Outcome:
    """The outcome as it is judged."""
    if question.finish is None or isinstance(outcome, Raised):
        return outcome
    try:
        return Returned(question.finish(outcome.value, inputs), outcome.changed)
    except UPSET:
        return Returned(Foreign("no answer"), outcome.changed)
