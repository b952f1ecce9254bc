"""Notices when an answer uses, while it runs, a name that it must not.

A second look beside the one at the source: it sees what was put together from strings, and what
came in by another name. To import something, or to have it in hand, is no use of it; to call it is.
It sees what the answer's own code calls, not what a library does on its behalf, and an answer that
sets its mind to it can step over it. It is for what must be there, such as torch's own names; the
course's modules need not (`hollow`).
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

SETUP = "<setup"  # the names of files of the cells before the answer begin with this
# through these a call of the answer's goes on its way to a module's `forward`, or to a function
PASSED_ON = ("torch.nn.modules.module", "torch._functorch", "threading")


class Tripwires:
    """The barred names, and which of them the code in a namespace was seen to use.

    Args:
        barred: dotted names of modules, or of functions and classes in them. A module that is not
            imported when the wires are laid has none.
        namespace: the globals of the code that is watched.
        tripped: gets the names that are used.
    """

    def __init__(self, barred: Sequence[str], namespace: dict[str, Any], tripped: set[str]) -> None:
        self.barred = tuple(barred)
        self.namespace = namespace
        self.tripped = tripped

    def lay(self) -> None:
        """Lays the wires; to be called after the setup and before the answer."""
        for name in self.barred:
            for holder, attribute, thing in _found(name):
                self._wire(name, holder, attribute, thing)

    def _own(self) -> bool:
        """Whether it is the answer that calls; the setup shares its namespace."""
        frame: FrameType | None = sys._getframe(2)
        while frame and frame.f_globals.get("__name__", "").startswith(PASSED_ON):
            frame = frame.f_back
        if frame is None or frame.f_code.co_filename.startswith(SETUP):
            return False
        if frame.f_globals is self.namespace:
            return True
        # code that the answer makes of strings may have a namespace that is no module's
        module = sys.modules.get(str(frame.f_globals.get("__name__")))
        return module is None or vars(module) is not frame.f_globals

    def _wire(self, name: str, holder: Any, attribute: str, thing: Any) -> None:
        """Puts a function in the place of a function, or of how a class begins and is called."""
        if inspect.isclass(thing):
            for own in ("__init__", "forward"):
                if inspect.isroutine(getattr(thing, own, None)):
                    self._replace(name, thing, own, getattr(thing, own))
        else:
            self._replace(name, holder, attribute, thing)

    def _replace(self, name: str, holder: Any, attribute: str, thing: Any) -> None:
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
