"""From the cell that answers a question to the source that is run for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from attention_course.exercises import published
from attention_course.grading.intake import parsing, reading
from attention_course.grading.intake.barred import barred_uses
from attention_course.grading.intake.helpers import Definition, Helpers
from attention_course.grading.intake.matching import CodeCell, Match, Matched
from attention_course.grading.intake.parsing import NotPython, Statement
from attention_course.grading.marks import Answer

_CHECKS = ("check", "progress")
_TRIALS = ("print", "display", "allclose", "assert_close")
_MOST_LETTERS = 300  # of a flag: a learner's names may be many and long


class Answering:
    """Makes answers of the matches of a notebook.

    Args:
        matched: its answers to one exercise.
        code: its cells of code.
    """

    def __init__(self, matched: Matched, code: Sequence[CodeCell]) -> None:
        self.matches = matched.matches
        self.code = code
        self.setup = published.setup(matched.exercise.name)
        self.helpers = Helpers(code, _given(matched.exercise.name))

    def answer(self, match: Match) -> Answer:
        """The answer to one question."""
        try:
            return self._answer(match)
        except NotPython as error:
            problem = error
        except RecursionError:
            problem = NotPython("it is too tangled to be read")
        where = f"cell {match.cell.cell.number}"
        if problem.line:
            where += f", line {problem.line}"
        return Answer(
            match.question.id,
            match.cell.source,
            match.how,
            match.flags,
            unreadable=f"{where}: {problem}",
        )

    def _answer(self, match: Match) -> Answer:
        cell, question = match.cell, match.question
        if cell.problem:
            raise cell.problem
        parsing.check(cell.source)
        own = parsing.without(cell.source, self._left_out(match))
        statements = parsing.statements(own)
        borrowed, undefined = self.helpers.needed(cell.cell.number, statements)
        parts = [*self._futures(cell), *(one.statement.text for one in borrowed), own]
        source = "\n".join(parts)
        barred = barred_uses(self.setup, source, question.answer, question.barred)
        flags = (*match.flags, *_borrowing(cell, borrowed), *_missing(undefined, statements))
        flags = tuple(map(_short, flags))
        stub = question.answer in cell.stubs and _alone(source) in _stubs(question.exercise)
        return Answer(question.id, source, match.how, flags, barred, stub=stub)

    def _left_out(self, match: Match) -> Iterator[ast.stmt]:
        """What of the cell is not part of this answer.

        The answers to other questions, calls of the checks, which need the references, what tries
        the answer out, perhaps beside the very thing that is barred, and what has to stand at the
        top.
        """
        cell = match.cell
        others = {
            other.question.answer
            for other in self.matches.values()
            if other.cell is cell and other.question is not match.question
        }
        nodes = [statement.node for statement in cell.statements]
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and node.name in others:
                yield node
        for node in parsing.outside_functions(nodes):
            if _is_check(node, cell.names) or _is_future(node) or _is_trial(node, cell.names):
                yield node

    def _futures(self, cell: CodeCell) -> Iterator[str]:
        """Imports from __future__, which hold for every cell after them too."""
        found = {
            statement.text: None
            for one in self.code
            if one.cell.number <= cell.cell.number
            for statement in one.statements
            if _is_future(statement.node)
        }
        yield from found


def _short(flag: str) -> str:
    return flag if len(flag) <= _MOST_LETTERS else f"{flag[: _MOST_LETTERS - 1]}…"


def _is_check(node: ast.stmt, own: frozenset[str]) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in _CHECKS
        and call.func.id not in own
    )


def _is_trial(node: ast.stmt, own: frozenset[str]) -> bool:
    """Whether a statement only looks at what is there: an assert, a print, a comparison."""
    if not isinstance(node, ast.Expr):
        return isinstance(node, ast.Assert)
    if not isinstance(node.value, ast.Call):
        return isinstance(node.value, ast.Compare | ast.Name | ast.Attribute | ast.Tuple)
    called = node.value.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in _TRIALS and name not in own


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _borrowing(cell: CodeCell, borrowed: Sequence[Definition]) -> Iterator[str]:
    others = [one for one in borrowed if one.place[0] != cell.cell.number]
    names: dict[str, None] = {}  # as an ordered set
    for statement in (one.statement for one in others):
        if isinstance(statement.node, ast.ImportFrom) and "*" in statement.binds:
            names[f"everything of {statement.node.module}"] = None
        else:
            names |= dict.fromkeys(sorted(statement.binds))
    if names:
        cells = "another cell" if len({one.place[0] for one in others}) == 1 else "other cells"
        yield f"uses {', '.join(names)} from {cells}"


def _missing(undefined: Sequence[str], own: Sequence[Statement]) -> Iterator[str]:
    if not undefined:  # as it mostly is: spares a look at every node
        return
    annotations = [
        annotation
        for node in (inner for one in own for inner in ast.walk(one.node))
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if annotation is not None
    ]
    notes = {node for annotation in annotations for node in ast.walk(annotation)}
    only_noted = {node.id for node in notes if isinstance(node, ast.Name)} - {
        node.id
        for one in own
        for node in ast.walk(one.node)
        if isinstance(node, ast.Name) and node not in notes
    }
    names = [name for name in undefined if name not in only_noted]
    if names:
        yield f"uses {', '.join(names)}, which no cell defines in a way that could be taken along"


def _alone(source: str) -> str:
    """The one statement of a source, without what stands around it; "" where it has more."""
    texts = [one.text for one in parsing.statements(source) if not isinstance(one.node, ast.Pass)]
    return texts[0] if len(texts) == 1 else ""


@lru_cache
def _stubs(exercise: str) -> frozenset[str]:
    """The functions of the learner's notebook that wait for an answer, as they are given."""
    cells = reading.read(published.learners(exercise).read_bytes())
    return frozenset(_alone(cell.source) for cell in cells if cell.kind == "code" and cell.grade_id)


@lru_cache
def _given(exercise: str) -> frozenset[str]:
    """The names that an exercise's setup defines."""
    statements: list[Statement] = []
    for source in published.setup(exercise):
        statements += parsing.statements(source)
    return frozenset(name for statement in statements for name in statement.binds)
