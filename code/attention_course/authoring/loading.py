"""Finds exercises to work on, and says of those that cannot be had why."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path

from attention_course import exercises
from attention_course.exercises import registry
from attention_course.exercises.question import Exercise

FOLDER = Path(exercises.__path__[0])


def load(names: Iterable[str] = ()) -> tuple[list[Exercise], dict[str, str]]:
    """The exercises of some names, by default all.

    Returns:
        Those that can be had, each once, and for the names of the others a sentence that says why:
        they cannot be imported, or have the number of another.

    Raises:
        ValueError: there is none of such a name; with the names that there are.
    """
    wanted = list(dict.fromkeys(names or registry.names()))
    for name in set(wanted) - set(registry.names()):
        registry.exercise(name)  # raises
    loaded: dict[str, Exercise] = {}
    failed: dict[str, str] = {}
    for name in registry.names():
        try:
            loaded[name] = registry.exercise(name)
        except Exception as error:  # whatever the author's module raises
            failed[name] = f"it cannot be imported: {_where(error)}{type(error).__name__}: {error}"
    for name, exercise in loaded.items():
        same = [o for o, other in loaded.items() if other.number == exercise.number and o != name]
        if same:
            failed[name] = (
                f"its number {exercise.number} is also that of {' and '.join(same)}: change one in "
                "its exercise.py, and the names and cells of its notebooks with it"
            )
    found = [loaded[name] for name in wanted if name not in failed]
    return found, {name: failed[name] for name in wanted if name in failed}


def _where(error: Exception) -> str:
    """The line of an exercise at which it went wrong; "" where it was none of an exercise's."""
    if isinstance(error, SyntaxError) and error.filename:
        lines = [(error.filename, error.lineno)]
    else:
        lines = [
            (frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)
        ]
    own = [(Path(file), line) for file, line in lines if Path(file).parent.parent == FOLDER]
    return f"{own[-1][0].relative_to(FOLDER).as_posix()}, line {own[-1][1]}: " if own else ""
