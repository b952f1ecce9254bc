"""Notices when an answer uses, while it runs, a name that it must not.

A second look beside the one at the source: it sees what was put together from strings, and what
came in by another name. It sees what the answer's own code imports and calls, not what a library
does on its behalf, and an answer that sets its mind to it can step over it.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

SETUP = "<setup"  # the names of files of the cells before the answer begin with this


class Tripwires:
    """The barred names, and which of them the code in a namespace was seen to use.

    Args:
        barred: dotted names of modules, or of functions and classes in them.
        namespace: the globals of the code that is watched.
    """

    def __init__(self, barred: Sequence[str], namespace: dict[str, Any]) -> None:
        self.barred = tuple(barred)
        self.namespace = namespace
        self.tripped: set[str] = set()

    def lay(self) -> None:
        """Lays the wires; to be called after the setup and before the answer."""
        if not self.barred:
            return
        builtins.__import__ = self._importing(builtins.__import__)
        importlib.import_module = self._importing_by_name(importlib.import_module)
        for name in self.barred:
            for holder, attribute, thing in _found(name):
                self._wire(name, holder, attribute, thing)

    def _own(self) -> bool:
        """Whether the caller of the caller is the answer; the setup shares its namespace.

        Code that the answer makes of strings may have a namespace that is no module's.
        """
        frame = sys._getframe(2)
        if frame.f_globals is self.namespace:
            return not frame.f_code.co_filename.startswith(SETUP)
        module = sys.modules.get(str(frame.f_globals.get("__name__")))
        return module is None or vars(module) is not frame.f_globals

    def _touch(self, name: str) -> None:
        self.tripped.update(one for one in self.barred if f"{name}.".startswith(f"{one}."))

    def _importing(self, importing: Callable[..., Any]) -> Callable[..., Any]:
        def watched(
            name: str, scope: Any = None, local: Any = None, parts: Any = (), level: int = 0
        ) -> Any:
            if self._own():
                self._touch(name)
                for part in parts or ():
                    self._touch(f"{name}.{part}")
            return importing(name, scope, local, parts, level)

        return watched

    def _importing_by_name(self, importing: Callable[..., Any]) -> Callable[..., Any]:
        def watched(name: str, package: str | None = None) -> Any:
            if self._own():
                self._touch(name)
            return importing(name, package)

        return watched

    def _wire(self, name: str, holder: Any, attribute: str, thing: Any) -> None:
        """Puts a function in the place of a function, or of how a class begins."""
        if inspect.isclass(thing):
            holder, attribute, thing = thing, "__init__", thing.__init__

        @functools.wraps(thing)
        def watched(*args: Any, **kwargs: Any) -> Any:
            if self._own():
                self.tripped.add(name)
            return thing(*args, **kwargs)

        try:
            setattr(holder, attribute, watched)
        except (AttributeError, TypeError):  # of a type that is not Python's own
            return
        for own, value in self.namespace.items():
            if value is thing:  # the setup had it imported
                self.namespace[own] = watched


def _found(name: str) -> Iterator[tuple[Any, str, Any]]:
    """What there is to wire under a dotted name: holder, attribute, function or class.

    Of a module, all functions and classes that are defined there. Nothing is imported for it.
    """
    if name in sys.modules:
        module = sys.modules[name]
        for attribute, thing in list(vars(module).items()):
            if getattr(thing, "__module__", None) == name and _callable(thing):
                yield module, attribute, thing
        return
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        holder: Any = sys.modules.get(".".join(parts[:end]))
        if holder is None:
            continue
        for part in parts[end:-1]:
            holder = getattr(holder, part, None)
        thing = getattr(holder, parts[-1], None)
        if _callable(thing):
            yield holder, parts[-1], thing
        return


def _callable(thing: Any) -> bool:
    return inspect.isroutine(thing) or inspect.isclass(thing)
