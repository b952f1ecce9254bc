"""The scopes of a piece of Python, and what each name in them may stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NAMELESS = (ast.Constant, ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)


@dataclass
class Scope:
    """A module, class, function or comprehension.

    Attributes:
        parent: the scope around it.
        is_class: then functions in it do not see its names.
        is_comprehension: then ``:=`` puts its name outside.
        bound: the names that are given a meaning in it.
        known: the dotted names that they stand for by an import.
        values: the expressions that they are assigned, each with its scope.
        elsewhere: names that are declared global or nonlocal, and their scope.
    """

    parent: Scope | None = None
    is_class: bool = False
    is_comprehension: bool = False
    bound: set[str] = field(default_factory=set)
    known: dict[str, set[str]] = field(default_factory=dict)
    values: dict[str, list[tuple[ast.expr, Scope]]] = field(default_factory=dict)
    elsewhere: dict[str, Scope] = field(default_factory=dict)

    def home(self, name: str) -> Scope:
        """The scope that a name belongs to which is given a meaning here."""
        return self.elsewhere.get(name, self)


class Scopes:
    """The scopes of a source.

    Attributes:
        top: the module's.
        loads: every expression that may stand for a module or what is in one, with its scope.
        stars: the modules of which everything is imported.
    """

    def __init__(self, body: Sequence[ast.stmt], parent: Scope | None = None) -> None:
        self.top = Scope(parent)
        self.loads: list[tuple[ast.expr, Scope]] = []
        self.stars: list[str] = []
        self._collect(body)

    def _collect(self, body: Sequence[ast.AST]) -> None:
        waiting: list[tuple[ast.AST, Scope]] = [(node, self.top) for node in reversed(body)]
        while waiting:
            node, scope = waiting.pop()
            inner = list(self._inner(node, scope))
            waiting += reversed(inner)
            stored = isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
            if isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) and not stored:
                self.loads.append((node, scope))

    def _inner(self, node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
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
            scope = Scope(scope, is_comprehension=True)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assigned(target, node.value, scope)
        elif isinstance(node, ast.NamedExpr):
            self._assigned(node.target, node.value, outside_comprehensions(scope))
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
            if not isinstance(part, _NAMELESS):
                yield part, scope

    def _of_function_or_class(self, node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        inside = Scope(scope, is_class=isinstance(node, ast.ClassDef))
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

    def _annotation(self, node: ast.expr, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        """Nothing, unless more stands in an annotation than a type."""
        more = (ast.Call, ast.NamedExpr, ast.Lambda, *_COMPREHENSIONS)
        if any(isinstance(part, more) for part in ast.walk(node)):
            yield node, scope

    def _imported(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
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

    def _assigned(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            home = scope.home(target.id)
            home.bound.add(target.id)
            home.values.setdefault(target.id, []).append((value, scope))
        elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            for one, its in zip(target.elts, value.elts, strict=False):
                self._assigned(one, its, scope)

    def _bind(self, name: str, scope: Scope) -> set[str]:
        home = scope.home(name)
        home.bound.add(name)
        return home.known.setdefault(name, set())


def outside_comprehensions(scope: Scope) -> Scope:
    """The scope around comprehensions, where `:=` puts its name."""
    while scope.is_comprehension and scope.parent:
        scope = scope.parent
    return scope
