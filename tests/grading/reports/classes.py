"""Runs of the grader, made up: a class with every outcome, a large one, one student."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from attention_course.exercises import registry
from attention_course.exercises.question import Question
from attention_course.grading.marks import How, Mark, Marked, Reason, Run, Unreadable

SEED = 918273645
PROTECTIONS = (
    ("memory limit", True, "1 GiB beyond what torch takes"),
    ("no network", True, "a network namespace of its own"),
    ("user namespace", False, "this kernel does not allow it"),
)
VERSIONS = {"attention_course": "0.1.0", "python": "3.11.2", "torch": "2.13.0", "numpy": "2.4.6"}

HINTS = {
    Reason.WRONG: "your answer has the right shape, but 12 of 35 of its numbers are not right",
    Reason.RAISED: "your function raises NameError: name 'F' is not defined",
    Reason.TIMED_OUT: "your function was stopped after 15 seconds; it may take 15",
    Reason.MEMORY: "your function asked for more than 1 GiB of memory",
    Reason.DIED: "your function ended its own process before it answered (exit status 0)",
    Reason.NOT_ANSWERED: "not written yet: put your own lines in place of the raise",
    Reason.NOT_FOUND: "no cell of your notebook answers this question",
    Reason.BARRED: "your answer uses `attention_course.models.bahdanau`, which it should write",
    Reason.UNREADABLE: "line 3 of the cell is not Python: invalid syntax",
    Reason.UNMARKED: "the marking failed: no space left on device",
}


def mark(question: Question, reason: Reason = Reason.PASSED, **other: object) -> Mark:
    """A mark of a question for a reason; of what went wrong the first check passes."""
    count = len(question.cases)
    partly = reason in (Reason.WRONG, Reason.TIMED_OUT)
    passed = (reason is Reason.PASSED or partly, *[reason is Reason.PASSED] * (count - 1))
    ran = reason not in (Reason.NOT_FOUND, Reason.UNREADABLE, Reason.BARRED)
    given = {
        "question": question.id,
        "reason": reason,
        "points": question.points * sum(passed) / count,
        "maximum": question.points,
        "checks": tuple(case.name for case in question.cases),
        "passed": passed,
        "hint": HINTS.get(reason, ""),
        "how": None if reason is Reason.NOT_FOUND else How.METADATA,
        "seconds": 0.02 if ran else 0.0,
        "cpu": 0.015 if ran else 0.0,
        "memory": 300_000_000 if ran else 0,
    }
    return Mark(**{**given, **other})


def marked(
    student: str,
    exercise: str = "bahdanau",
    reasons: Sequence[Reason] = (),
    flags: tuple[str, ...] = (),
) -> Marked:
    """A submission with these reasons in order; what is left over passes."""
    questions = registry.exercise(exercise).questions
    pairs = itertools.zip_longest(questions, reasons[: len(questions)], fillvalue=Reason.PASSED)
    marks = tuple(mark(question, reason) for question, reason in pairs)
    return Marked(student, exercise, f"{student}/{exercise}.ipynb", marks, flags)


def run(
    *submissions: Marked, unreadable: tuple[Unreadable, ...] = (), seed: int | None = SEED
) -> Run:
    """A run with these submissions."""
    return Run(
        submissions,
        unreadable,
        seed,
        protections=PROTECTIONS,
        versions=VERSIONS,
        started="2026-03-02T09:30:00+00:00",
        seconds=41.5,
        different=12,
        from_store=3,
    )


def every_reason() -> Run:
    """Each reason at least once, each way of finding an answer, flags, and unreadable files."""
    found = registry.question("bahdanau.scores")
    recognised = next(m for m in found.mistakes)
    special = marked("Zoë Ångström", flags=("the notebook is in an old format (nbformat 3)",))
    marks = list(special.marks)
    marks[0] = mark(
        found, Reason.WRONG, hint=recognised.hint, mistake=recognised.name, how=How.MARKER
    )
    marks[1] = mark(
        registry.question("bahdanau.masked_softmax"),
        how=How.NAME,
        flags=("two cells answer this: the last that is Python was taken",),
    )
    special = Marked("Zoë Ångström", "bahdanau", special.path, tuple(marks), special.flags)
    reasons = list(Reason)
    return run(
        marked("ada", "encoder_decoder", reasons[1:7]),
        marked("ada", "bahdanau", reasons[:8]),
        marked("bo", "bahdanau", reasons[::-1]),
        marked("chen", "encoder_decoder"),
        special,
        unreadable=(
            Unreadable("dora", "dora/notebook.ipynb", "it is cut short: line 812 ends in a string"),
            Unreadable("", "late.zip", "it is no zip archive"),
        ),
    )


def a_class(students: int, seed: int = 0) -> Run:
    """A class in which some are better than others, with every reason here and there."""
    chance = random.Random(seed)
    submissions = []
    for number in range(students):
        skill = chance.gauss(0.75, 0.2)
        for exercise in ("encoder_decoder", "bahdanau"):
            marks = tuple(
                _drawn(question, skill, chance)
                for question in registry.exercise(exercise).questions
            )
            name = f"student {number:03}"
            submissions.append(Marked(name, exercise, f"{name}/{exercise}.ipynb", marks))
    return run(*submissions)


def _drawn(question: Question, skill: float, chance: random.Random) -> Mark:
    if chance.random() < skill:
        seconds = chance.lognormvariate(-3, 0.5)
        return mark(question, seconds=seconds, cpu=0.8 * seconds)
    if question.mistakes and chance.random() < 0.7:
        mistake = chance.choice(question.mistakes)
        return mark(question, Reason.WRONG, hint=mistake.hint, mistake=mistake.name)
    reasons = [reason for reason in Reason if reason not in (Reason.PASSED, Reason.UNMARKED)]
    return mark(question, chance.choice(reasons))
