"""From what was handed in to the answers of every student: nothing of it is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attention_course.exercises import registry
from attention_course.exercises.question import Exercise
from attention_course.grading.intake import matching, names, places, reading
from attention_course.grading.intake.answering import Answering
from attention_course.grading.intake.archives import Limits
from attention_course.grading.intake.items import Ignored, Notebook, Problem
from attention_course.grading.intake.matching import CodeCell, Matched
from attention_course.grading.intake.names import Owner
from attention_course.grading.intake.reading import Cell, NotANotebook
from attention_course.grading.marks import Answer, Submission, Unreadable


@dataclass(frozen=True)
class Collected:
    """What was handed in.

    Attributes:
        submissions: one for each student and exercise, by student and number of the exercise.
        unreadable: what cannot be marked, by student and path.
        ignored: the paths that were left out by a rule, with the rule.
    """

    submissions: list[Submission] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)


@dataclass(frozen=True)
class _Read:
    """A notebook's answers to one exercise."""

    owner: Owner
    exercise: Exercise
    path: str
    modified: float
    for_it: tuple[bool, bool]  # whether it answers most of this exercise; half of its questions
    answers: dict[str, Answer]
    flags: tuple[str, ...]
    private: tuple[str, ...]

    @property
    def order(self) -> tuple[tuple[bool, bool], float, str]:
        """Of several, the last counts: the one modified last that is for the exercise at all."""
        return self.for_it, self.modified, self.path


def collect(folder: Path, limits: Limits | None = None) -> Collected:
    """Finds the answers in everything that was handed in.

    Args:
        folder: of the submissions; or one archive, or one notebook. `places` and `names` say what
            is understood.
        limits: of what is read. Default: 20 MB a notebook.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    read: list[_Read] = []
    problems: list[Problem] = []
    collected = Collected()
    for item in places.find(Path(folder), limits or Limits()):
        if isinstance(item, Ignored):
            collected.ignored.append(item)
        elif isinstance(item, Problem):
            problems.append(item)
        else:
            try:
                read += _answers(item)
            except NotANotebook as error:
                problems.append(Problem(item.owner, item.path, str(error)))
    owners = [one.owner for one in read] + [problem.owner for problem in problems]
    called = names.told_apart(owners)
    collected.submissions.extend(_submissions(read, called))
    collected.unreadable.extend(
        Unreadable(called[problem.owner], problem.path, problem.why) for problem in problems
    )
    collected.unreadable.sort(key=lambda one: (one.student, one.path))
    return collected


def _submissions(read: Sequence[_Read], called: dict[Owner, str]) -> list[Submission]:
    alike = Counter(names.shown(owner.name) for owner in called)
    groups: dict[tuple[Owner, int, str], list[_Read]] = {}
    for one in read:
        key = (one.owner, one.exercise.number, one.exercise.name)
        groups.setdefault(key, []).append(one)
    found = []
    for (owner, number, name), group in groups.items():
        group.sort(key=lambda one: one.order)
        chosen = group[-1]
        flags = chosen.flags
        if len(group) > 1:
            paths = ", ".join(one.path for one in group[:-1])
            flags += (f"several notebooks for this exercise: {chosen.path} counts, not {paths}",)
        private = chosen.private
        if owner.guessed:
            private += (f"the file's name holds no student: {names.shown(owner.name)}",)
        if alike[names.shown(owner.name)] > 1:
            private += (f"another student is called {names.shown(owner.name)} too",)
        submission = Submission(called[owner], name, chosen.path, chosen.answers, flags, private)
        found.append(((submission.student, number, name), submission))
    return [submission for _, submission in sorted(found, key=lambda pair: pair[0])]


def _answers(notebook: Notebook) -> Iterator[_Read]:
    """The answers of a notebook, by exercise; the one that it answers most of first.

    Raises:
        NotANotebook: it cannot be read, or answers no question.
    """
    cells = reading.read(notebook.data)
    code = [CodeCell(cell) for cell in cells if cell.kind == "code"]
    matched = _matched(code, cells)
    if not matched:
        raise NotANotebook("no cell of it answers a question of any exercise")
    several = ", ".join(one.exercise.name for one in matched)
    for number, one in enumerate(matched):
        flags = one.flags
        if len(matched) > 1:
            flags += (f"the notebook holds answers of several exercises: {several}",)
        answering = Answering(one, code)
        answers = {name: answering.answer(match) for name, match in one.matches.items()}
        yield _Read(
            notebook.owner,
            one.exercise,
            notebook.path,
            notebook.modified,
            (number == 0, one.half),
            answers,
            flags,
            notebook.private,
        )


def _matched(code: Sequence[CodeCell], cells: Sequence[Cell]) -> list[Matched]:
    """The exercises that a notebook answers, the one that it answers most of first."""
    every = [matching.match(registry.exercise(name), code, cells) for name in registry.names()]
    found = [one for one in every if one.matches]
    found.sort(key=lambda one: (-one.labelled, -len(one.matches), one.exercise.number))
    # a name alone may be chance: another exercise takes a label, or half of its questions
    return [one for number, one in enumerate(found) if number == 0 or one.labelled or one.half]
