"""What an answer needs from the learner's other cells."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from attention_course.grading.intake.matching import CodeCell
from attention_course.grading.intake.parsing import BUILTINS, Statement, outside_functions

_BLOCKS = (ast.If, ast.Try, ast.For, ast.With)
_DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
)


@dataclass(frozen=True)
class Definition:
    """A statement of another cell that defines names.

    Attributes:
        place: where it stands: the cell's number, then which of its statements.
        statement: the statement.
    """

    place: tuple[int, int]
    statement: Statement


class Helpers:
    """The definitions of a notebook's cells, and which of them an answer needs.

    Args:
        cells: the notebook's cells of code.
        given: the names that the setup defines; these are never taken from a cell.
    """

    def __init__(self, cells: Sequence[CodeCell], given: frozenset[str]) -> None:
        self.given = given | BUILTINS
        self.by_name: dict[str, list[Definition]] = {}
        for cell in cells:
            for number, statement in enumerate(cell.statements):
                if _defines_only(statement.node):
                    definition = Definition((cell.cell.number, number), statement)
                    for name in statement.binds | _changed(statement.node):
                        self.by_name.setdefault(name, []).append(definition)

    def needed(
        self, cell: int, own: Sequence[Statement]
    ) -> tuple[list[Definition], tuple[str, ...]]:
        """What has to run before these statements, in an order in which it can.

        Args:
            cell: the number of the cell that they stand in.
            own: the statements of the answer.

        Returns:
            the definitions, and the names that no cell defines in a way that could be taken along.
        """
        search = _Search(self, cell, own)
        found = search.found()
        return found, tuple(sorted(search.undefined))


class _Search:
    """One answer's search for what it needs."""

    def __init__(self, helpers: Helpers, cell: int, own: Sequence[Statement]) -> None:
        self.helpers = helpers
        self.here = (cell + 1, -1)  # when a function is called, all of its cell has run
        self.defined = frozenset(name for statement in own for name in statement.binds)
        self.wanted = frozenset(name for statement in own for name in statement.needs)
        self.possible: dict[tuple[int, int], bool] = {}
        self.undefined: set[str] = set()

    def found(self) -> list[Definition]:
        chosen: dict[tuple[int, int], Definition] = {}
        waiting = [(name, self.here) for name in sorted(self.wanted)]
        asked = set()
        while waiting:
            name, place = waiting.pop()
            if (name, place) in asked or not self._from_elsewhere(name):
                continue
            asked.add((name, place))
            definition = self._definition(name, place)
            if definition is None:
                self.undefined.add(name)
                continue
            if definition.place not in chosen:
                chosen[definition.place] = definition
                statement = definition.statement
                waiting += [(other, definition.place) for other in statement.needs_at_once]
                waiting += [(other, self.here) for other in statement.needs_later]
        everything = self.helpers.by_name.get("*", [])
        if "*" in self.defined | self.helpers.given:
            self.undefined.clear()
        elif self.undefined and everything:  # it may come from a `from x import *`
            chosen |= {d.place: d for d in everything}
            self.undefined.clear()
        return list(self._in_order(chosen))

    def _from_elsewhere(self, name: str) -> bool:
        return name not in self.helpers.given and name not in self.defined

    def _definition(self, name: str, place: tuple[int, int]) -> Definition | None:
        """The last before a place, else the last of all, that can be had."""
        all_ = [
            d
            for d in self.helpers.by_name.get(name, ())
            if d.place != place and self._can_be_had(d)
        ]
        before = [d for d in all_ if d.place < place]
        either = before or all_
        return either[-1] if either else None

    def _can_be_had(self, definition: Definition) -> bool:
        """Whether all that it needs at once is there or can be had too."""
        if definition.place not in self.possible:
            self.possible[definition.place] = False  # one that needs itself cannot
            self.possible[definition.place] = all(
                name in self.helpers.given
                or (
                    name not in self.defined
                    and (
                        self._definition(name, definition.place) is not None
                        or "*" in self.helpers.by_name
                    )
                )
                for name in definition.statement.needs_at_once
            )
        return self.possible[definition.place]

    def _in_order(self, chosen: dict[tuple[int, int], Definition]) -> Iterator[Definition]:
        """In the order of the notebook, but nothing before what it needs at once."""
        done: set[tuple[int, int]] = set()

        def put(definition: Definition) -> Iterator[Definition]:
            if definition.place in done:
                return
            done.add(definition.place)
            for name in sorted(definition.statement.needs_at_once):
                before = self._from_elsewhere(name) and self._definition(name, definition.place)
                if before and before.place in chosen:
                    yield from put(before)
            yield definition

        for place in sorted(chosen, key=lambda p: ("*" not in chosen[p].statement.binds, p)):
            yield from put(chosen[place])


def _defines_only(node: ast.stmt) -> bool:
    """Whether a statement does nothing but define or fill names: no effect that stays besides."""
    if isinstance(node, _BLOCKS):
        blocks = [node.body, getattr(node, "orelse", []), getattr(node, "finalbody", [])]
        blocks += [handler.body for handler in getattr(node, "handlers", ())]
        return all(
            isinstance(inner, (ast.Pass, ast.Break, ast.Continue)) or _defines_only(inner)
            for block in blocks
            for inner in block
        )
    if isinstance(node, ast.Assign):
        return all(_is_name(target) for target in node.targets)
    if isinstance(node, ast.AugAssign):
        return _is_name(node.target)
    if isinstance(node, ast.AnnAssign):
        return node.value is not None and _is_name(node.target)
    if isinstance(node, ast.ImportFrom):
        return node.module != "__future__"
    return isinstance(node, _DEFINITIONS)


def _is_name(target: ast.expr) -> bool:
    if isinstance(target, (ast.Tuple, ast.List)):
        return all(_is_name(part) for part in target.elts)
    if isinstance(target, ast.Starred):
        return _is_name(target.value)
    return isinstance(target, ast.Name) or _entry_of(target) is not None


def _entry_of(target: ast.AST) -> str | None:
    """The name of which a target is an entry, as in ``table[0]``."""
    while isinstance(target, ast.Subscript):
        target = target.value
        if isinstance(target, ast.Name):
            return target.id
    return None


def _changed(node: ast.stmt) -> set[str]:
    """The names of which a statement fills entries, outside functions."""
    found = set()
    for statement in outside_functions([node]):
        targets = list(getattr(statement, "targets", ())) or [getattr(statement, "target", node)]
        found |= {name for target in targets if (name := _entry_of(target))}
    return found
