"""Finds exercises and questions by name.

An exercise is a package in this folder with a module ``exercise`` that defines ``EXERCISE``; it is
imported when it is first asked for. The package itself is empty, so that the modules in it that
put questions to an answer can be had without the references.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys

from attention_course import exercises
from attention_course.exercises.question import Exercise, Question


def names() -> list[str]:
    """The names of all exercises, in alphabetical order."""
    return sorted(
        module.name for module in pkgutil.iter_modules(exercises.__path__) if module.ispkg
    )


def exercise(name: str) -> Exercise:
    """The exercise of that name.

    Raises:
        ValueError: there is none; with the names that there are.
    """
    if not _is_there(name):
        raise ValueError(f"there is no exercise {name!r}, expected one of: {', '.join(names())}")
    found: Exercise = importlib.import_module(_module(name)).EXERCISE
    return found


def question(question_id: str) -> Question:
    """The question of that id.

    Raises:
        ValueError: there is none; with the ids that come nearest.
    """
    name = str(question_id).partition(".")[0]
    known = {q.id: q for q in exercise(name).questions} if _is_there(name) else {}
    if isinstance(question_id, str) and question_id in known:
        return known[question_id]
    ids = [q.id for other in names() for q in exercise(other).questions]
    near = difflib.get_close_matches(str(question_id), ids, n=3, cutoff=0.5) or list(known) or ids
    raise ValueError(f"there is no question {question_id!r}; did you mean {' or '.join(near)}?")


def _module(name: str) -> str:
    return f"{exercises.__name__}.{name}.exercise"


def _is_there(name: str) -> bool:
    return _module(name) in sys.modules or name in names()  # the folder is read once for each
