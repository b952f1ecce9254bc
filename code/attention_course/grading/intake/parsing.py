"""What a cell's Python defines and needs, found without running it."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from attention_course.grading.intake import magics

BUILTINS = frozenset(dir(builtins)) | {"__name__", "__doc__", "__file__"}

_WITH_BODY = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_GIVEN_UP = (ValueError, RecursionError, MemoryError, OverflowError, SystemError)


class NotPython(Exception):
    """Source that is not Python; the message says why, `line` where, 0 if nowhere certain."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why if len(why) <= 200 else why[:199] + "…")
        self.line = line


@dataclass(frozen=True)
class Statement:
    """A statement that stands by itself in a cell.

    Attributes:
        node: its tree.
        text: its source, decorators included.
    """

    node: ast.stmt
    text: str

    @cached_property
    def _scope(self) -> symtable.SymbolTable:
        return _table(self.text)

    @cached_property
    def binds(self) -> frozenset[str]:
        """The names that are defined once it ran; "*" where nobody can tell."""
        names = {
            symbol.get_name()
            for symbol in self._scope.get_symbols()
            if symbol.is_assigned() or symbol.is_imported()
        }
        if _imports_all(self.node):
            names.add("*")
        return frozenset(names)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The names that it, or a function that it defines, takes from outside."""
        return (frozenset(_free(self._scope)) | self._added_to) - self._own

    @cached_property
    def needs_at_once(self) -> frozenset[str]:
        """Those that have to be there when it runs, not only when its functions are called."""
        if isinstance(self.node, _WITH_BODY):
            return frozenset(_free(self._scope, calls=False)) - self._own
        return self.needs

    @property
    def needs_later(self) -> frozenset[str]:
        """Those that are looked up when something is called that it defines."""
        return self.needs if isinstance(self.node, _WITH_BODY) else frozenset()

    @property
    def _own(self) -> frozenset[str]:
        # in `def f(): f()` the name is its own; in `x = x + 1` it comes from before
        own = isinstance(self.node, (*_WITH_BODY, ast.If, ast.Try, ast.For, ast.With))
        return self.binds - self._added_to if own else frozenset()

    @property
    def _added_to(self) -> frozenset[str]:
        """The names of ``x += 1``, which Python's tables take for no use of x."""
        return frozenset(
            node.target.id
            for node in outside_functions([self.node])
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
        )


def statements(source: str) -> tuple[Statement, ...]:
    """The statements of a cell from which magics were taken out.

    Raises:
        NotPython: with line and message.
    """
    return _kept(source) if len(source) < 20_000 else _statements(source)


def python(source: str) -> tuple[str, tuple[Statement, ...]]:
    """A cell's source without what is not Python in it, and its statements.

    Raises:
        NotPython: all of the cell is something else, or there is a mistake in it.
    """
    other = magics.other_language(source)
    if other:
        raise NotPython(f"a cell of {other} is not Python", 1)
    try:
        return source, statements(source)
    except NotPython:
        source = magics.without(source)
        return source, statements(source)


def without(source: str, nodes: Iterable[ast.stmt]) -> str:
    """A source in which ``pass`` stands for these statements; every line keeps its number."""
    lines = [line.encode() for line in source.split("\n")]
    for node in sorted(nodes, key=_start, reverse=True):
        (first, start), (last, end) = _start(node), _end(node)
        line = lines[first - 1][:start] + b"pass" + lines[last - 1][end:]
        lines[first - 1 : last] = [line] + [b""] * (last - first)
    return b"\n".join(lines).decode()


def check(source: str) -> None:
    """Has Python compile it, which finds what parsing alone does not, as a ``return`` outside.

    Raises:
        NotPython: with line and message.
    """
    with _told():
        compile(source, "<answer>", "exec", dont_inherit=True)


def _statements(source: str) -> tuple[Statement, ...]:
    with _told():
        body = ast.parse(source).body
        symtable.symtable(source, "<cell>", "exec")
    lines = [line.encode() for line in source.split("\n")]
    return tuple(Statement(node, _segment(lines, node)) for node in body)


_kept = lru_cache(maxsize=200)(_statements)  # a class hands in the same cells again and again


class _told:
    """Turns what Python's parser raises into `NotPython`."""

    def __enter__(self) -> None:
        self.caught = warnings.catch_warnings()
        self.caught.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.caught.__exit__(None, None, None)
        if isinstance(error, SyntaxError):
            raise NotPython(error.msg, error.lineno or 1) from None
        if isinstance(error, RecursionError):
            raise NotPython("it is nested too deeply") from None
        if isinstance(error, _GIVEN_UP):
            raise NotPython(str(error) or type(error).__name__) from None


def outside_functions(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Every statement that runs with the cell, also those in blocks, in order."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, _WITH_BODY):
            continue
        inner: list[ast.stmt] = []
        for block in ("body", "handlers", "orelse", "finalbody", "cases"):
            for part in getattr(node, block, ()):
                inner += [part] if isinstance(part, ast.stmt) else part.body
        waiting += reversed(inner)


def _start(node: ast.stmt) -> tuple[int, int]:
    """Line and column, in bytes, of a statement with its decorators."""
    decorators = getattr(node, "decorator_list", ())
    # the sign @ stands where the statement begins: decorators have lines of their own
    return min([node.lineno, *(one.lineno for one in decorators)]), node.col_offset


def _end(node: ast.stmt) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _segment(lines: list[bytes], node: ast.stmt) -> str:
    """The source of a statement."""
    (first, start), (last, end) = _start(node), _end(node)
    own = lines[first - 1 : last]
    own[-1] = own[-1][:end]
    own[0] = own[0][start:]
    return b"\n".join(own).decode()


def _table(source: str) -> symtable.SymbolTable:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return symtable.symtable(source, "<cell>", "exec")


def _free(table: symtable.SymbolTable, *, calls: bool = True) -> Iterator[str]:
    """The global names that are read in a scope and those in it, without functions if asked."""
    waiting = [table]
    while waiting:
        scope = waiting.pop()
        for symbol in scope.get_symbols():
            if symbol.is_referenced() and symbol.is_global():
                yield symbol.get_name()
        waiting += [
            child for child in scope.get_children() if calls or child.get_type() != "function"
        ]


def _imports_all(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
