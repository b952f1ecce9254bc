"""How an exercise went: its points, its questions, which check fails for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from attention_course.exercises.question import Exercise, Question
from attention_course.grading.marks import Mark, Reason
from attention_course.grading.reports import wording
from attention_course.grading.reports.roster import Roster, Student
from attention_course.grading.reports.statistics import correlation, histogram, mean, percentile


@dataclass(frozen=True)
class Bin:
    """One bar: its label, how many, and which share of the longest bar that is."""

    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Check:
    """How one check went: how many passed, of how many, and who did not."""

    name: str
    passed: int
    of: int
    failed: Sequence[Student]


@dataclass(frozen=True)
class Hint:
    """A hint that was given, and to whom."""

    hint: str
    mistake: str | None
    students: Sequence[Student]


@dataclass(frozen=True)
class Item:
    """Statistics of one question, over the students for whom it could be marked.

    Attributes:
        number: in its exercise.
        question: the question.
        count: how many students.
        mean: points.
        full_share: the share of those with full marks.
        discrimination: correlation of its points with those of the rest of the exercise.
        reasons: how often each, the commonest first.
        seconds: median and 95th percentile of the wall time, of answers that ran; one that several
            students handed in ran once, and counts once.
        cpu: the same of the CPU time.
        checks: in order.
        hints: the commonest first.
    """

    number: int
    question: Question
    count: int
    mean: float | None
    full_share: float | None
    discrimination: float | None
    reasons: Sequence[tuple[Reason, int]]
    seconds: tuple[float | None, float | None]
    cpu: tuple[float | None, float | None]
    checks: Sequence[Check]
    hints: Sequence[Hint]

    @property
    def failing(self) -> list[Check]:
        """The checks that somebody did not pass."""
        return [check for check in self.checks if check.failed]


@dataclass(frozen=True)
class Results:
    """How one exercise went, over the submissions that could be marked whole.

    Attributes:
        exercise: the exercise.
        handed_in: how many submissions there are.
        count: how many of them are marked whole; the numbers below are theirs.
        mean: points.
        quartiles: the least, the first quartile, the median, the third quartile, the greatest.
        bins: the histogram of points.
        items: its questions.
    """

    exercise: Exercise
    handed_in: int
    count: int
    mean: float | None
    quartiles: Sequence[float | None]
    bins: Sequence[Bin]
    items: Sequence[Item]


def results(exercise: Exercise, roster: Roster) -> Results:
    """The statistics of one exercise."""
    handed_in = [s for s in roster.students if exercise.name in s.marked]
    whole = [s for s in handed_in if s.marked[exercise.name].complete]
    points = [s.marked[exercise.name].points for s in whole]
    counts = histogram(points, exercise.points)
    width = exercise.points / len(counts)
    bins = [
        Bin(
            f"{wording.number(width * place)}–{wording.number(width * (place + 1))}",
            count,
            count / max(counts) if points else 0.0,
        )
        for place, count in enumerate(counts)
    ]
    return Results(
        exercise,
        len(handed_in),
        len(whole),
        mean(points),
        [percentile(points, percent) for percent in (0, 25, 50, 75, 100)],
        bins,
        [_item(exercise, place, handed_in) for place in range(len(exercise.questions))],
    )


def _item(exercise: Exercise, place: int, handed_in: Sequence[Student]) -> Item:
    rows = [(s, s.marked[exercise.name]) for s in handed_in]
    marked = [
        (s, m, m.marks[place]) for s, m in rows if m.marks[place].reason is not Reason.UNMARKED
    ]
    whole = [(m, mark) for _, m, mark in marked if m.complete]
    # an answer that was run for several students has one time, to the last digit
    ran = {(mark.seconds, mark.cpu, mark.memory) for _, _, mark in marked if mark.seconds > 0}
    question = exercise.questions[place]
    return Item(
        place + 1,
        question,
        len(marked),
        mean([mark.points for _, _, mark in marked]),
        mean([float(all(mark.passed)) for _, _, mark in marked]),
        correlation(
            [mark.points for _, mark in whole], [m.points - mark.points for m, mark in whole]
        ),
        Counter(mark.reason for _, _, mark in marked).most_common(),
        _typical([seconds for seconds, _, _ in ran]),
        _typical([cpu for _, cpu, _ in ran]),
        [
            Check(
                case.name,
                sum(mark.passed[index] for _, _, mark in marked),
                len(marked),
                [s for s, _, mark in marked if not mark.passed[index]],
            )
            for index, case in enumerate(question.cases)
        ],
        _hints((s, mark) for s, _, mark in marked),
    )


def _hints(marks: Iterable[tuple[Student, Mark]]) -> list[Hint]:
    """By mistake where one was recognised, else by the hint's words; the commonest first."""
    found: dict[tuple[str | None, str], list[Student]] = {}
    for student, mark in marks:
        if mark.hint:
            found.setdefault((mark.mistake, mark.hint), []).append(student)
    hints = [Hint(hint, mistake, students) for (mistake, hint), students in found.items()]
    return sorted(hints, key=lambda hint: -len(hint.students))


def _typical(values: Sequence[float]) -> tuple[float | None, float | None]:
    return percentile(values, 50), percentile(values, 95)
