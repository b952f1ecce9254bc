"""A run by student: what the reports are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from attention_course.exercises import registry
from attention_course.exercises.question import Exercise
from attention_course.grading.marks import Marked, Reason, Run, Unreadable
from attention_course.grading.reports.names import folders


@dataclass(frozen=True)
class Student:
    """One student of a run.

    Attributes:
        name: as it was handed in.
        folder: the name for folders and files.
        marked: by the name of the exercise.
        unreadable: what could not be marked.
        open: the names of the exercises that this student handed nothing in for, or nothing
            that could be read.
    """

    name: str
    folder: str
    marked: Mapping[str, Marked]
    unreadable: tuple[Unreadable, ...]
    open: tuple[str, ...]

    @property
    def total(self) -> float | None:
        """All points; None where something could not be marked that may bring more.

        An exercise that was not handed in brings none.
        """
        if not all(marked.complete for marked in self.marked.values()):
            return None
        if self.unreadable and self.open:
            return None
        return sum(marked.points for marked in self.marked.values())

    @property
    def flags(self) -> int:
        """How many things an instructor should know of."""
        return sum(
            len(marked.flags + marked.private) + sum(len(mark.flags) for mark in marked.marks)
            for marked in self.marked.values()
        )

    @property
    def troubles(self) -> list[str]:
        """What stands between this student and a final mark."""
        unreadable = [f"unreadable: {item.path}: {item.why}" for item in self.unreadable]
        unmarked = [
            mark.question
            for marked in self.marked.values()
            for mark in marked.marks
            if mark.reason is Reason.UNMARKED
        ]
        return unreadable + ([f"not marked yet: {', '.join(unmarked)}"] if unmarked else [])


@dataclass(frozen=True)
class Roster:
    """The exercises that anybody handed in, by number, and the students by name."""

    exercises: tuple[Exercise, ...]
    students: tuple[Student, ...]

    @property
    def maximum(self) -> int:
        """The points of all exercises together."""
        return sum(exercise.points for exercise in self.exercises)


def roster(run: Run) -> Roster:
    """Sorts a run by student.

    Raises:
        ValueError: it holds two submissions of one student for one exercise, or an exercise that
            there is none of.
    """
    names = {marked.exercise for marked in run.marked}
    exercises = sorted(map(registry.exercise, names), key=lambda exercise: exercise.number)
    marked: dict[str, dict[str, Marked]] = {}
    for one in run.marked:
        if one.exercise in marked.setdefault(one.student, {}):
            raise ValueError(
                f"the run holds two submissions of {one.student!r} for {one.exercise}, expected one"
            )
        marked[one.student][one.exercise] = one
    # a file that belongs to nobody, such as a broken archive, is listed, but is no student
    unreadable: dict[str, list[Unreadable]] = {}
    for item in run.unreadable:
        if item.student:
            unreadable.setdefault(item.student, []).append(item)
    students = sorted({*marked, *unreadable}, key=lambda name: (name.casefold(), name))
    named = folders(students)
    return Roster(
        tuple(exercises),
        tuple(
            Student(
                name,
                named[name],
                {e.name: marked[name][e.name] for e in exercises if e.name in marked.get(name, {})},
                tuple(unreadable.get(name, ())),
                tuple(e.name for e in exercises if e.name not in marked.get(name, {})),
            )
            for name in students
        ),
    )
