"""The modules' own code, shown in a notebook: chapters show it, they do not retype it."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import attention_course


class Listing:
    """Source code that a notebook shows as highlighted Python; make it the last line of a cell."""

    def __init__(self, name: str, code: str, where: str) -> None:
        self.name = name
        self.code = code
        self.where = where

    def __repr__(self) -> str:
        return f"Listing({self.name})"

    def _repr_markdown_(self) -> str:
        # A docstring may hold a fence of its own; the outer one must be longer.
        longest = max((len(run) for run in re.findall("`+", self.code)), default=0)
        fence = "`" * max(3, longest + 1)
        heading = f"{self.where}\n\n" if self.where else ""
        return f"{heading}{fence}python\n{self.code}\n{fence}"


def listing(obj: Any, *, docstring: bool = True) -> Listing:
    """The source of a module, class, function or method, as it stands in its file.

    docstring: False cuts every docstring to its first line, where the text around the listing says
        the rest; the code is never changed.

    Raises ValueError for an object that has no source, with what to pass instead.
    """
    if isinstance(obj, property):
        obj = obj.fget
    try:
        lines, first = inspect.getsourcelines(obj)
    except (TypeError, OSError) as error:
        kind = type(obj).__name__
        hint = (
            f"pass its class, listing({kind})"
            if type(obj).__module__ != "builtins" and not callable(obj)
            else "pass a module, class, function or method that is written in Python in a file"
        )
        raise ValueError(
            f"no source to show for {obj!r} of type {kind} ({error}); {hint}"
        ) from None
    code = textwrap.dedent("".join(lines)).rstrip()
    if not docstring:
        code = _fold_docstrings(code)
    return Listing(_name(obj), code, _where(obj, first, len(lines)))


def _name(obj: Any) -> str:
    if isinstance(obj, ModuleType):
        return obj.__name__
    return f"{obj.__module__}.{obj.__qualname__}"


def _fold_docstrings(code: str) -> str:
    lines = code.splitlines()
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = [
        node.body[0]
        for node in ast.walk(ast.parse(code))
        if isinstance(node, documented) and ast.get_docstring(node) is not None
    ]
    # From the end, so that the line numbers before stay true.
    for node in sorted(docstrings, key=lambda node: node.lineno, reverse=True):
        assert node.end_lineno is not None
        if node.end_lineno > node.lineno:
            first = lines[node.lineno - 1].rstrip()
            quotes = lines[node.end_lineno - 1].rstrip()[-3:]
            lines[node.lineno - 1 : node.end_lineno] = [f"{first} …{quotes}"]
    return "\n".join(lines)


def _where(obj: Any, first: int, count: int) -> str:
    """The file's name, linked to the repository; empty for code outside this package."""
    path = Path(inspect.getsourcefile(obj) or "").resolve()
    package = Path(attention_course.__file__).resolve().parent
    if not path.is_relative_to(package):
        return ""
    name = path.relative_to(package).as_posix()
    repository = _repository()
    if not repository:
        return name
    lines = "" if isinstance(obj, ModuleType) else f"#L{first}-L{first + count - 1}"
    return f"[{name}]({repository}/blob/main/code/{package.name}/{name}{lines})"


@cache
def _repository() -> str:
    """The repository's address, from the package's metadata; empty where it is not installed."""
    try:
        urls = metadata.metadata("attention-course").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return ""
    return dict(url.split(", ", 1) for url in urls).get("Repository", "")
