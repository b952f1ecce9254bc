"""What an instructor sees first: what needs attention, how the class did, item statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from attention_course.grading.marks import How, Mark, Reason, Run
from attention_course.grading.reports import items, pages
from attention_course.grading.reports.roster import Roster, Student
from attention_course.grading.reports.statistics import ENOUGH

SHOWN = 6  # hints of a question; the others are folded away


@dataclass(frozen=True)
class Place:
    """An answer; or the whole notebook, where `question` is ""."""

    student: Student
    exercise: str
    question: str


@dataclass(frozen=True)
class Flag:
    """Something an instructor should know, and where it holds."""

    text: str
    places: Sequence[Place]


def page(run: Run, roster: Roster) -> bytes:
    """`index.html`."""
    by_name = {student.name: student for student in roster.students}
    return pages.rendered(
        "index.html",
        run=run,
        roster=roster,
        unmarked=[
            {
                "student": by_name[marked.student],
                "marked": marked,
                "marks": [mark for mark in marked.marks if mark.reason is Reason.UNMARKED],
            }
            for marked in run.marked
            if not marked.complete
        ],
        answers=sum(len(marked.marks) for marked in run.marked),
        results=[items.results(exercise, roster) for exercise in roster.exercises],
        barred=_grouped(roster.students, _barred),
        matched=_grouped(roster.students, _matched),
        flags=_grouped(roster.students, _flags, whole=True),
        link=_link,
        shown=SHOWN,
        enough=ENOUGH,
    )


def _barred(mark: Mark) -> Iterable[str]:
    if mark.reason is Reason.BARRED:
        yield mark.hint


def _matched(mark: Mark) -> Iterable[str]:
    if mark.how is How.MARKER:
        yield "found by the line `# exercise: …` in its cell"
    elif mark.how is How.NAME:
        yield "found by the name of its function"


def _flags(mark: Mark) -> Iterable[str]:
    yield from mark.flags


def _grouped(
    students: Sequence[Student], of_mark: Callable[[Mark], Iterable[str]], whole: bool = False
) -> list[Flag]:
    """What is told of marks, and of whole notebooks, by its words; the commonest first."""
    found: dict[str, list[Place]] = {}
    for student in students:
        for marked in student.marked.values():
            for text in marked.flags + marked.private if whole else ():
                found.setdefault(text, []).append(Place(student, marked.exercise, ""))
            for mark in marked.marks:
                for text in of_mark(mark):
                    place = Place(student, marked.exercise, mark.question.partition(".")[2])
                    found.setdefault(text, []).append(place)
    flags = [Flag(text, places) for text, places in found.items()]
    return sorted(flags, key=lambda flag: -len(flag.places))


def _link(student: Student, exercise: str, anchor: str = "") -> str:
    """The address of a feedback page from the summary."""
    address = f"feedback/{quote(student.folder)}/{exercise}.html"
    return f"{address}#{anchor}" if anchor else address
