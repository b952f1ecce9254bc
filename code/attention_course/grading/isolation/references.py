"""Keeps the questions and their references out of a process that runs answers."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

EXERCISES = "attention_course.exercises"
ALWAYS = {
    EXERCISES,
    *(
        f"{EXERCISES}.{name}"
        for name in ("asking", "choosing", "counting", "handing", "values", "watching")
    ),
}


class Refuses(MetaPathFinder):
    """Finds nothing that is refused, and leaves the rest to others.

    Args:
        why: of a module that is not there, for the message.
        refused: whether a dotted name is.
    """

    def __init__(self, why: str, refused: Callable[[str], bool]) -> None:
        self.why = why
        self.refused = refused

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if self.refused(name):
            raise ModuleNotFoundError(f"{name} is {self.why}", name=name)
        return None


def keep_out(preload: Iterable[str]) -> None:
    """Refuses, from now on, to import anything of the exercises but what asks the questions.

    `check` and `progress` of the exercises do nothing.

    Args:
        preload: names of modules; those of the exercises among them may be imported.

    Raises:
        RuntimeError: something else of the exercises is there already.
    """
    allowed = set(ALWAYS)
    for name in preload:
        parts = name.split(".")
        allowed |= {".".join(parts[:end]) for end in range(3, len(parts) + 1)}
    there = [name for name in sys.modules if name.startswith(f"{EXERCISES}.")]
    wrong = sorted(set(there) - allowed)
    if wrong:
        raise RuntimeError(f"{', '.join(wrong)} imported where answers run, expected none")

    def refused(name: str) -> bool:
        return name.startswith(f"{EXERCISES}.") and name not in allowed

    sys.meta_path.insert(0, Refuses("not there while answers are marked", refused))
    package = importlib.import_module(EXERCISES)
    package.check = package.progress = _nothing  # type: ignore[attr-defined]


def _nothing(*_: object) -> None:
    """Stands for `check` and `progress`."""
