"""Hollow modules, in the place of those of the course that an answer must not use.

Their names can be imported, since a setup and an answer may do that and no more; to call one, or to
make a class of it, fails and is noted. The module itself was never imported in the process, so that
it gains an answer nothing to blind what notes; where it has a root of its own, the files are empty.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, NoReturn

from attention_course.grading.isolation import visible
from attention_course.grading.isolation.references import EXERCISES, Refuses


def lay(barred: Sequence[str], tripped: set[str]) -> None:
    """Puts hollow modules in their places; to be called before the setup.

    A module that is imported already stays, and so does one of the exercises, which `references`
    keeps out; tripwires are for the former, and for single names in a module, which is imported.

    Args:
        barred: dotted names of modules, or of functions and classes in them.
        tripped: gets the names that are used.
    """
    hollow = [name for name in barred if name not in sys.modules and is_hollowed(name)]
    for name in hollow:  # all of them before a package is imported, which may import one
        sys.modules[name] = _Hollow(name, tripped)
    for name in hollow:
        package, _, own = name.rpartition(".")
        setattr(importlib.import_module(package), own, sys.modules[name])
    sys.meta_path.insert(0, Refuses("barred in this question", set(hollow).__contains__))
    for name in barred:
        if name.startswith("attention_course.") and name not in sys.modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(name.rpartition(".")[0])


def is_hollowed(name: str) -> bool:
    """Whether a dotted name is that of a module of the course, and none of the exercises."""
    of_the_course = name.startswith("attention_course.") and not name.startswith(EXERCISES)
    return of_the_course and bool(visible.sources([name]))


class _Hollow(ModuleType):
    """Has every name that it is asked for, but those that begin with two underscores."""

    def __init__(self, name: str, tripped: set[str]) -> None:
        super().__init__(name)
        self.__tripped = tripped

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

        def refuse(*_: object, **__: object) -> NoReturn:
            self.__tripped.add(self.__name__)
            raise RuntimeError(f"{self.__name__} is not there in this question, which bars it")

        made = _Stand(
            name,
            (),
            {
                "__module__": self.__name__,
                "__init_subclass__": classmethod(refuse),
                "refuse": staticmethod(refuse),
            },
        )
        setattr(self, name, made)
        return made


class _Stand(type):
    """The class of what a hollow module has; it is a class, so that it may stand in a signature."""

    refuse: Any

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        cls.refuse()
