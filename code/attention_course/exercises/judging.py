"""From what an answer did on every case to a verdict with a hint.

Hints come from probes: each known mistake is put to the same inputs, and where the learner's
output is what the mistake gives, the mistake is named. Only where none fits, the hint says in
general what is wrong.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from attention_course.exercises.asking import Answer, Outcome, Raised, Returned, apart, ask
from attention_course.exercises.comparing import Problem, Rank, compare, unpacked, wrong_kind
from attention_course.exercises.question import UPSET, Case, Inputs, Mistake, Question, Sign
from attention_course.exercises.values import Foreign, Value

STUB = "write your answer here"  # what the learner's notebook raises where an answer is missing
NOT_WRITTEN = "not written yet: put your own lines in place of raise NotImplementedError"


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


def put(question: Question, answer: Answer, drawn: Sequence[Inputs]) -> list[Outcome]:
    """Asks an answer in every case, or once where the cases are parts of one run."""
    if question.in_parts:
        return [_first(question, answer, drawn[0])] * len(drawn)
    firsts = [_first(question, answer, inputs) for inputs in drawn]

    def again(following: list[Inputs]) -> tuple[list[Outcome], float]:
        assert question.second is not None
        with _one_thread():  # as in a process of answers; many threads burn time as they wait
            start = time.thread_time()
            outcomes = [ask(answer, inputs, question.second.ask) for inputs in following]
            return outcomes, time.thread_time() - start

    return question.rounds(drawn, firsts, again)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _first(question: Question, answer: Answer, drawn: Inputs) -> Outcome:
    if question.partner is None:
        return ask(answer, question.sent(drawn), question.ask)
    meeting = question.partner.met(drawn)
    return meeting.seen(ask(answer, question.sent(drawn), question.ask, partner=meeting))


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
        outcomes = self._finished(put(question, question.reference, self.drawn))
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
            _problem(self.question, case, outcome, right, inputs)
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
        mistake = _recognised(self, outcomes, passed)
        if mistake is not None:
            return Verdict(self.question, passed, mistake.hint, mistake.name)
        return Verdict(self.question, passed, min(found, key=lambda p: p.rank).sentence)

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
        if _problem(self.question, self.question.cases[0], again, right, inputs) is None:
            return None
        return Problem(
            Rank.CHANGED,
            "asked the same again, your function answers otherwise: it must depend on its inputs "
            "alone, not on what came before",
        )


def put_again(question: Question, answer: Answer, drawn: Sequence[Inputs]) -> Outcome | None:
    """Asks the first case once more; None where the cases are parts of one long run."""
    if question.in_parts or not drawn[0]:
        return None
    return put(question, answer, drawn[:1])[0]


def judge(question: Question, drawn: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Verdict:
    """Judges what one answer did in every case."""
    return AnswerKey(question, drawn).judge(outcomes)


def examine(question: Question, answer: Answer, seed: int) -> Verdict:
    """Draws, asks and judges in this process."""
    return tried(AnswerKey(question, question.draw(seed)), answer)


def tried(key: AnswerKey, answer: Answer) -> Verdict:
    """Asks and judges in this process, on inputs that have been drawn."""
    outcomes = put(key.question, answer, key.drawn)
    return key.judge(outcomes, put_again(key.question, answer, key.drawn))


def _finish(question: Question, outcome: Outcome, inputs: Inputs) -> Outcome:
    """The outcome as it is judged."""
    if question.finish is None or isinstance(outcome, Raised):
        return outcome
    try:
        return Returned(question.finish(outcome.value, inputs), outcome.changed)
    except UPSET:
        return Returned(Foreign("no answer"), outcome.changed)


def _problem(
    question: Question, case: Case, outcome: Outcome, expected: Value, inputs: Inputs
) -> Problem | None:
    if isinstance(outcome, Raised):
        # PyTorch raises this type too, where it has no operation for a dtype
        if outcome.type_name == "NotImplementedError" and outcome.message in ("", STUB):
            return Problem(Rank.NOT_WRITTEN, NOT_WRITTEN)
        message = f": {outcome.message}" if outcome.message else ""
        return Problem(Rank.RAISED, f"your function raises {outcome.type_name}{message}")
    problem = _difference(question, case, outcome.value, expected, inputs)
    if problem is None and outcome.changed:
        names = " and ".join(f"`{name}`" for name in outcome.changed)
        return Problem(
            Rank.CHANGED,
            f"your function changes its input {names} in place, which its caller still needs",
        )
    return problem


def _difference(
    question: Question, case: Case, given: Value, expected: Value, inputs: Inputs
) -> Problem | None:
    """What the judge says; of answers in parts it sees one part only."""
    if case.part is not None:
        given, missing = _taken(given, expected, case.part)
        if missing is not None:
            return missing
        expected = expected[case.part]
        if question.judge is compare:
            return compare(given, expected, inputs, question.tolerance, _place(case))
    try:
        problem = question.judge(given, expected, inputs, question.tolerance)
    except UPSET:
        problem = Problem(
            Rank.NOTHING, "what your function returns cannot be compared with what was expected"
        )
    if problem is not None and case.part is not None:
        return Problem(problem.rank, f"{case.name}: {problem.sentence}")
    return problem


def _shows(sign: Sign, given: Value, expected: Value, inputs: Inputs) -> bool:
    try:
        return bool(sign(given, expected, inputs))  # a forged value may be None
    except UPSET:
        return False


def _place(case: Case) -> str:
    """How a hint names the part of an answer that a case looks at."""
    if isinstance(case.part, int):
        return f"part {case.part + 1} of your answer ({case.name})"
    return f"your {case.part!r}"


def _taken(given: Value, expected: Value, part: int | str) -> tuple[Value, Problem | None]:
    """The part of an answer that counts, or why there is none."""
    given = unpacked(given)
    kind = list if isinstance(part, int) else dict
    if not isinstance(given, kind):
        return None, wrong_kind(given, expected, "")
    if kind is dict and part not in given:
        return None, Problem(Rank.SHAPE, f"the dictionary you return has no key {part!r}")
    if kind is list and len(given) != len(expected):
        return None, Problem(
            Rank.SHAPE, f"what you return holds {len(given)} parts, expected {len(expected)}"
        )
    return given[part], None  # type: ignore[index]


def _recognised(
    key: AnswerKey, outcomes: Sequence[Outcome], passed: Sequence[bool]
) -> Mistake | None:
    """The known mistake that explains the failed cases best, if any explains one of them.

    First choice is a mistake that does in every case what the learner's answer does; then the one
    that explains most of the failed cases, and at least half of them, since one agreement may be
    chance (parts are independent of each other, there one is enough). Among equals it is the
    first in the question's order.
    """
    enough = 1 if key.question.in_parts else (len(passed) - sum(passed)) / 2
    best: tuple[int, Mistake] | None = None
    for mistake in key.question.mistakes:
        if mistake.sign is not None:
            shows = [
                not ok and isinstance(o, Returned) and _shows(mistake.sign, o.value, right, inputs)
                for ok, o, right, inputs in zip(
                    passed, outcomes, key.expected, key.drawn, strict=True
                )
            ]
            weight = sum(shows)
        else:
            weight = _likeness(key, mistake, outcomes, passed)
        if weight and weight >= enough and (best is None or weight > best[0]):
            best = (weight, mistake)
    return best[1] if best else None


def _likeness(
    key: AnswerKey, mistake: Mistake, outcomes: Sequence[Outcome], passed: Sequence[bool]
) -> int:
    """How many failed cases a mistake explains; one more than all cases if it agrees in all."""
    question = key.question
    explained, agrees, shown = 0, True, False
    rows = zip(
        question.cases, key.of(mistake), outcomes, key.expected, key.drawn, passed, strict=True
    )
    for case, wrong, outcome, right, inputs, ok in rows:
        harmless = _problem(question, case, wrong, right, inputs) is None
        if ok or harmless:
            agrees = agrees and ok and harmless
        elif isinstance(wrong, Raised) or isinstance(outcome, Raised):
            # to stumble in the same way explains a case, but shows nothing by itself
            same = isinstance(wrong, Raised) and isinstance(outcome, Raised)
            same = same and wrong.type_name == outcome.type_name
            explained += same
            agrees = agrees and same
        elif _difference(question, case, outcome.value, wrong.value, inputs) is None:
            explained += 1
            shown = True
        else:
            agrees = False
    if not shown:
        return 0
    return len(key.drawn) + 1 if agrees else explained
