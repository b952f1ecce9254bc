"""Which cell of a notebook answers which question."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from attention_course.exercises.question import Exercise, Question
from attention_course.grading.intake import parsing
from attention_course.grading.intake.parsing import NotPython, Statement
from attention_course.grading.intake.reading import Cell
from attention_course.grading.marks import How

_MARKER = re.compile(r"^[ \t]*#+[ \t]*exercise[ \t]*:[ \t]*([\w.]+)", re.MULTILINE | re.IGNORECASE)


class Rank(IntEnum):
    """How much speaks for a cell as the answer; of those with the highest the last is taken."""

    PERHAPS = 0  # a cell without a label gives the name to what may be no function at all
    BROKEN = 1  # its label says so, but it is not Python
    LABELLED = 2  # its label says so, but it does not define the function
    STUB = 3  # as it was given
    BESIDE = 4  # it defines the function beside that of another question, or by another name
    DEFINES = 5
    BOTH = 6  # it defines the function, and its label says so


@dataclass(frozen=True)
class CodeCell:
    """A cell of code and what can be said of it without a question in mind."""

    cell: Cell

    @cached_property
    def _parsed(self) -> tuple[str, tuple[Statement, ...], NotPython | None]:
        try:
            return *parsing.python(self.cell.source), None
        except NotPython as error:
            return self.cell.source, (), error

    @property
    def source(self) -> str:
        """Without magics."""
        return self._parsed[0]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """None of them where it is not Python."""
        return self._parsed[1]

    @property
    def problem(self) -> NotPython | None:
        """Why it is not Python; None where it is."""
        return self._parsed[2]

    @cached_property
    def markers(self) -> frozenset[str]:
        """The ids after ``# exercise:``."""
        return frozenset(_MARKER.findall(self.cell.source))

    @cached_property
    def functions(self) -> dict[str, Rank]:
        """The names that may stand for a function, and how much speaks for it."""
        found: dict[str, Rank] = {}
        for node in parsing.outside_functions([statement.node for statement in self.statements]):
            for name, rank in _defined(node):
                found[name] = max(rank, found.get(name, rank))
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that it defines."""
        return frozenset(name for statement in self.statements for name in statement.binds)

    @cached_property
    def stubs(self) -> frozenset[str]:
        """The names of functions that do nothing but raise NotImplementedError."""
        return frozenset(
            node.name
            for node in parsing.outside_functions([statement.node for statement in self.statements])
            if isinstance(node, ast.FunctionDef) and _raises_only(node)
        )


@dataclass(frozen=True)
class Match:
    """The cell that answers a question.

    Attributes:
        question: the question.
        cell: the cell that was chosen.
        how: how it was recognised.
        flags: what an instructor should know.
    """

    question: Question
    cell: CodeCell
    how: How
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matched:
    """The answers of a notebook to the questions of one exercise."""

    exercise: Exercise
    matches: dict[str, Match] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def labelled(self) -> int:
        """How many of them were recognised by metadata or marker."""
        return sum(match.how is not How.NAME for match in self.matches.values())

    @property
    def half(self) -> bool:
        """Whether there are answers to half of the questions or more."""
        return 2 * len(self.matches) >= len(self.exercise.questions)


@dataclass(frozen=True)
class _Candidate:
    cell: CodeCell
    how: How
    rank: Rank
    flags: tuple[str, ...] = ()


def match(exercise: Exercise, code: Sequence[CodeCell], cells: Sequence[Cell]) -> Matched:
    """Finds the answers to the questions of an exercise: by metadata, markers and names.

    Args:
        exercise: the exercise.
        code: the notebook's cells of code.
        cells: all of its cells.
    """
    matches = {}
    for question in exercise.questions:
        candidates = [c for cell in code if (c := _candidate(exercise, question, cell))]
        if candidates:
            matches[question.id] = _chosen(question, candidates)
    return Matched(exercise, matches, tuple(_elsewhere(exercise, cells)))


def grade_id(exercise: Exercise, question: Question) -> str:
    """What nbgrader's metadata calls the cell of an answer."""
    return f"{exercise.number:02d}-{question.name}"


def _candidate(exercise: Exercise, question: Question, cell: CodeCell) -> _Candidate | None:
    others = [other for other in exercise.questions if other is not question]
    labelled = cell.cell.grade_id == grade_id(exercise, question)
    marked = question.id in cell.markers
    how = How.METADATA if labelled else How.MARKER if marked else How.NAME
    defined = cell.names if labelled or marked else cell.functions
    if question.answer in defined:
        claimed = next((o for o in others if _says(exercise, o, cell)), None)
        rank = cell.functions.get(question.answer, Rank.PERHAPS)
        if question.answer in cell.stubs:
            rank = Rank.STUB
        elif labelled or marked:
            rank = Rank.BOTH
        elif claimed is not None and claimed.answer in cell.functions:
            rank = min(rank, Rank.BESIDE)
        return _Candidate(
            cell, how, rank, tuple(_contradictions(exercise, question, cell, claimed))
        )
    if cell.problem and (labelled or marked or _written(question.answer, cell.cell.source)):
        return _Candidate(cell, how, Rank.BROKEN)
    if not (labelled or marked) or any(other.answer in cell.functions for other in others):
        return None  # where the label is that of another cell, what it defines counts
    flag = f"cell {cell.cell.number} does not define {question.answer}"
    return _Candidate(cell, how, Rank.LABELLED, (flag,))


def _says(exercise: Exercise, question: Question, cell: CodeCell) -> bool:
    return cell.cell.grade_id == grade_id(exercise, question) or question.id in cell.markers


def _contradictions(
    exercise: Exercise, question: Question, cell: CodeCell, claimed: Question | None
) -> Iterator[str]:
    if claimed is None or claimed.answer in cell.functions:
        return
    labels = []
    if cell.cell.grade_id == grade_id(exercise, claimed):
        labels.append(f"metadata says {cell.cell.grade_id}")
    if claimed.id in cell.markers:
        labels.append(f"marker says {claimed.id}")
    yield f"the {' and its '.join(labels)} but the cell defines {question.answer}"


def _chosen(question: Question, candidates: list[_Candidate]) -> Match:
    best = max(candidate.rank for candidate in candidates)
    chosen = [candidate for candidate in candidates if candidate.rank == best][-1]
    flags = chosen.flags
    candidates = [one for one in candidates if one.rank > Rank.PERHAPS or one is chosen]
    if len(candidates) > 1:
        numbers = ", ".join(str(candidate.cell.cell.number) for candidate in candidates)
        flags += (
            f"{len(candidates)} cells answer this (cells {numbers}): "
            f"cell {chosen.cell.cell.number} counts",
        )
    return Match(question, chosen.cell, chosen.how, flags)


def _elsewhere(exercise: Exercise, cells: Sequence[Cell]) -> Iterator[str]:
    """Answers that stand where nothing runs."""
    for cell in cells:
        if cell.kind == "code":
            continue
        markers = _MARKER.findall(cell.source)
        for question in exercise.questions:
            if (
                cell.grade_id == grade_id(exercise, question)
                or question.id in markers
                or _written(question.answer, cell.source)
            ):
                yield (
                    f"cell {cell.number} is a {cell.kind} cell and seems to answer {question.id}: "
                    "it does not count"
                )


def _written(name: str, source: str) -> bool:
    """Whether text that is not Python looks as though it defines a function."""
    return bool(re.search(rf"^[ \t]*(async[ \t]+)?def[ \t]+{name}[ \t]*\(", source, re.MULTILINE))


def _defined(node: ast.stmt) -> Iterator[tuple[str, Rank]]:
    """Names that a statement makes stand for something that may be a function."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield node.name, Rank.DEFINES
    elif isinstance(node, ast.ClassDef):
        yield node.name, Rank.PERHAPS
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], Rank.PERHAPS
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        rank = _ALIASES.get(type(node.value))
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if rank is not None and isinstance(target, ast.Name):
                yield target.id, rank


_ALIASES = {
    ast.Lambda: Rank.DEFINES,
    ast.Name: Rank.BESIDE,
    ast.Attribute: Rank.PERHAPS,
    ast.Call: Rank.PERHAPS,
}


def _raises_only(function: ast.FunctionDef) -> bool:
    """Whether it is the stub that learners start from."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    name = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(name, ast.Name) and name.id == "NotImplementedError"
