"""Which modules and attributes of modules a piece of Python uses, found without running it.

Names are followed through imports, assignments and literal strings; where they may mean several
things, all of them count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from attention_course.grading.intake.parsing import BUILTINS

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BY_STRING = {"importlib.import_module", "importlib.util.find_spec", "builtins.__import__"}
_MOST_STEPS = 200_000  # of following names; a source that needs more is not a person's


@dataclass
class _Scope:
    """The names of a module, class or function, and what each may stand for."""

    parent: _Scope | None = None
    is_class: bool = False
    is_comprehension: bool = False
    known: dict[str, set[str]] = field(default_factory=dict)  # dotted names
    values: dict[str, list[tuple[ast.expr, _Scope]]] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    elsewhere: dict[str, _Scope] = field(default_factory=dict)  # global and nonlocal


class Uses:
    """The dotted names that a source uses.

    Args:
        setup: sources that run before it.
        source: Python.
    """

    def __init__(self, setup: Sequence[str], source: str) -> None:
        self.stars: list[str] = []
        self.loads: list[tuple[ast.expr, _Scope]] = []
        self.given = self.top = _Scope()
        for text in setup:
            self._collect(ast.parse(text).body)
        self.top = _Scope(self.given)
        self.loads.clear()
        body = ast.parse(source).body
        # from which line on a name is no longer the setup's
        self.replaced = {
            name: node.end_lineno or node.lineno for node in reversed(body) for name in _binds(node)
        }
        self._collect(body)

    def names(self, function: str = "") -> set[str]:
        """All that is used; what `function` stands for in the end counts as used.

        Raises:
            RecursionError: the source is too tangled to tell.
        """
        self.steps = 0
        used = self._of_name(function, self.top, ())
        for node, scope in self.loads:
            used |= self._meaning(node, scope, ())
        return used

    # what each name may stand for

    def _collect(self, body: Sequence[ast.AST]) -> None:
        waiting: list[tuple[ast.AST, _Scope]] = [(node, self.top) for node in reversed(body)]
        while waiting:
            node, scope = waiting.pop()
            inner = list(self._inner(node, scope))
            waiting += reversed(inner)
            stored = isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
            if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) and not stored:
                self.loads.append((node, scope))

    def _inner(self, node: ast.AST, scope: _Scope) -> Iterator[tuple[ast.AST, _Scope]]:
        """The parts of a node and the scope of each, after noting what the node binds."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._imported(node, scope)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            for name in node.names:
                home = self.top if isinstance(node, ast.Global) else scope.parent or self.top
                scope.elsewhere[name] = home
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield from self._of_function_or_class(node, scope)
            return
        elif isinstance(node, _COMPREHENSIONS):
            scope = _Scope(scope, is_comprehension=True)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assigned(target, node.value, scope)
        elif isinstance(node, ast.NamedExpr):
            self._assigned(node.target, node.value, _outside(scope))
            yield node.value, scope
            return
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._assigned(node.target, node.value, scope)
                yield node.value, scope
            yield node.target, scope
            yield from self._annotation(node.annotation, scope)
            return
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            for value in getattr(node.iter, "elts", ()):
                self._assigned(node.target, value, scope)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self._bind(node.id, scope)
        else:
            # except ... as name, case ... as name, case {**rest}
            bound = getattr(node, "name", None) or getattr(node, "rest", None)
            if isinstance(bound, str) and not isinstance(node, ast.alias):
                self._bind(bound, scope)
        for part in ast.iter_child_nodes(node):
            yield part, scope

    def _of_function_or_class(
        self, node: ast.AST, scope: _Scope
    ) -> Iterator[tuple[ast.AST, _Scope]]:
        inside = _Scope(scope, is_class=isinstance(node, ast.ClassDef))
        if isinstance(node, ast.ClassDef):
            self._bind(node.name, scope)
            for part in (*node.decorator_list, *node.bases, *node.keywords):
                yield part, scope
            for statement in node.body:
                yield statement, inside
            return
        assert isinstance(node, _FUNCTIONS)
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [one for one in (arguments.vararg, arguments.kwarg) if one]
        for argument in every:
            self._bind(argument.arg, inside)
            if argument.annotation:
                yield from self._annotation(argument.annotation, scope)
        positional = [*arguments.posonlyargs, *arguments.args]
        first = len(positional) - len(arguments.defaults)
        defaults = [
            *zip(positional[first:], arguments.defaults, strict=True),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        for argument, default in defaults:
            if default:
                inside.values.setdefault(argument.arg, []).append((default, scope))
                yield default, scope
        if isinstance(node, ast.Lambda):
            yield node.body, inside
            return
        self._bind(node.name, scope)
        for decorator in node.decorator_list:
            yield decorator, scope
        if node.returns:
            yield from self._annotation(node.returns, scope)
        for statement in node.body:
            yield statement, inside

    def _annotation(self, node: ast.expr, scope: _Scope) -> Iterator[tuple[ast.AST, _Scope]]:
        """Nothing, unless more stands in an annotation than a type."""
        more = (ast.Call, ast.NamedExpr, ast.Lambda, *_COMPREHENSIONS)
        if any(isinstance(part, more) for part in ast.walk(node)):
            yield node, scope

    def _imported(self, node: ast.Import | ast.ImportFrom, scope: _Scope) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                self._bind(name, scope).add(alias.name if alias.asname else name)
            return
        module = node.module or ""
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
            else:
                self._bind(alias.asname or alias.name, scope).add(f"{module}.{alias.name}")

    def _assigned(self, target: ast.expr, value: ast.expr, scope: _Scope) -> None:
        if isinstance(target, ast.Name):
            home = self._home(target.id, scope)
            home.bound.add(target.id)
            home.values.setdefault(target.id, []).append((value, scope))
        elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            for one, its in zip(target.elts, value.elts, strict=False):
                self._assigned(one, its, scope)

    def _bind(self, name: str, scope: _Scope) -> set[str]:
        home = self._home(name, scope)
        home.bound.add(name)
        return home.known.setdefault(name, set())

    def _home(self, name: str, scope: _Scope) -> _Scope:
        return scope.elsewhere.get(name, scope)

    # what an expression may stand for

    def _meaning(self, node: ast.expr, scope: _Scope, asked: tuple[object, ...]) -> set[str]:
        """The dotted names that an expression may stand for; none for all that is no module's."""
        if isinstance(node, ast.Name):
            late = node.lineno > self.replaced.get(node.id, node.lineno)
            replaced = late and _outside(scope) is self.top
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
        self, name: str, scope: _Scope, asked: tuple[object, ...], *, from_setup: bool = True
    ) -> set[str]:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise RecursionError("the names lead to too many others")
        inner = home = self._home(name, scope)
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

    def _of_call(self, node: ast.Call, scope: _Scope, asked: tuple[object, ...]) -> set[str]:
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


def _outside(scope: _Scope) -> _Scope:
    """The scope around comprehensions, where `:=` puts its name."""
    while scope.is_comprehension and scope.parent:
        scope = scope.parent
    return scope


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
