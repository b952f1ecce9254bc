"""Which modules and attributes of modules a piece of Python uses, found without running it.

Names are followed through imports, assignments and literal strings; where they may mean several
things, all of them count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from attention_course.grading.intake.parsing import BUILTINS
from attention_course.grading.intake.scopes import Scope, Scopes, outside_comprehensions

_BY_STRING = {"importlib.import_module", "importlib.util.find_spec", "builtins.__import__"}
_MOST_STEPS = 200_000  # of following names; a source that needs more is not a person's


class Uses:
    """The dotted names that a source uses.

    Args:
        setup: sources that run before it.
        source: Python.
    """

    def __init__(self, setup: tuple[str, ...], source: str) -> None:
        given = _given(setup)
        body = ast.parse(source).body
        own = Scopes(body, given.top)
        self.given, self.top, self.loads = given.top, own.top, own.loads
        self.stars = [*given.stars, *own.stars]
        # from which line on a name is no longer the setup's
        self.replaced = {
            name: node.end_lineno or node.lineno for node in reversed(body) for name in _binds(node)
        }
        self.steps = 0

    def names(self, function: str = "") -> set[str]:
        """All that is used; what `function` stands for in the end counts as used.

        Raises:
            RecursionError: the source is too tangled to tell.
        """
        used = self._of_name(function, self.top, ())
        for node, scope in self.loads:
            used |= self._meaning(node, scope, ())
        return used

    def _meaning(self, node: ast.expr, scope: Scope, asked: tuple[object, ...]) -> set[str]:
        """The dotted names that an expression may stand for; none for all that is no module's."""
        if isinstance(node, ast.Name):
            late = node.lineno > self.replaced.get(node.id, node.lineno)
            replaced = late and outside_comprehensions(scope) is self.top
            return self._of_name(node.id, scope, asked, from_setup=not replaced)
        if isinstance(node, ast.Attribute):
            return {f"{of}.{node.attr}" for of in self._meaning(node.value, scope, asked)}
        if isinstance(node, ast.Call):
            return self._of_call(node, scope, asked)
        if isinstance(node, ast.Subscript) and (key := _string(node.slice)):
            of = self._meaning(node.value, scope, asked)
            inside = {one.removesuffix(".__dict__") for one in of if one.endswith(".__dict__")}
            return {f"{one}.{key}" for one in inside} | ({key} if "sys.modules" in of else set())
        if isinstance(node, ast.IfExp):
            parts = [node.body, node.orelse]
        elif isinstance(node, ast.BoolOp):
            parts = node.values
        elif isinstance(node, ast.NamedExpr):
            parts = [node.value]
        else:
            return set()
        return {name for part in parts for name in self._meaning(part, scope, asked)}

    def _of_name(
        self, name: str, scope: Scope, asked: tuple[object, ...], *, from_setup: bool = True
    ) -> set[str]:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise RecursionError("the names lead to too many others")
        inner = home = scope.home(name)
        while name not in home.bound or (home.is_class and home is not inner):
            if home.parent is None:
                if name in BUILTINS:
                    return {f"builtins.{name}"}
                return {f"{module}.{name}" for module in self.stars}
            home = home.parent
        key = (name, id(home))
        if key in asked:
            return set()
        found = set(home.known.get(name, ()))
        for value, where in home.values.get(name, ()):
            found |= self._meaning(value, where, (*asked, key))
        if home is self.top and from_setup and name in self.given.bound:
            # a function may have been called before the name was given another meaning
            found |= self._of_name(name, self.given, asked)
        self.steps += len(found)
        return found

    def _of_call(self, node: ast.Call, scope: Scope, asked: tuple[object, ...]) -> set[str]:
        function = self._meaning(node.func, scope, asked)
        first = node.args[0] if node.args else None
        literal = _string(first)
        if literal and function & _BY_STRING:
            top = {literal.partition(".")[0]} if "builtins.__import__" in function else set()
            return {literal} | top
        if "builtins.getattr" in function and len(node.args) >= 2 and first is not None:
            attribute = _string(node.args[1])
            if attribute:
                return {f"{of}.{attribute}" for of in self._meaning(first, scope, asked)}
        if "builtins.vars" in function and first is not None:
            return {f"{of}.__dict__" for of in self._meaning(first, scope, asked)}
        return set()


@lru_cache
def _given(setup: tuple[str, ...]) -> Scopes:
    return Scopes([node for source in setup for node in ast.parse(source).body])


def _binds(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a new meaning whatever happens."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _string(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""
