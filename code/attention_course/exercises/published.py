"""Where the notebooks of an exercise lie, and what has to run before its answers."""

from __future__ import annotations

import ast
import functools
import json
from pathlib import Path

from attention_course import shipped
from attention_course.exercises import registry


def solved(name: str) -> Path:
    """The notebook that holds the right answers, for example of "bahdanau".

    Raises:
        ValueError: there is no such exercise.
        FileNotFoundError: its notebook is not there.
    """
    return _notebook(name, "exercises/solutions")


def learners(name: str) -> Path:
    """The notebook that a learner opens. Raises as `solved` does."""
    return _notebook(name, "exercises")


@functools.cache
def setup(name: str) -> tuple[str, ...]:
    """The sources of the cells that run before the answers: imports, and functions that are given.

    These are the code cells of the learner's notebook without those that are graded, the one that
    installs the course, and those that show the progress. Raises as `solved` does.
    """
    notebook = json.loads(learners(name).read_text(encoding="utf-8"))
    sources = (
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and "nbgrader" not in cell["metadata"]
        and cell["id"] != "setup"
    )
    return tuple(source for source in sources if not _shows_progress(source))


def _notebook(name: str, folder: str) -> Path:
    exercise = registry.exercise(name)
    path = shipped.find(f"{folder}/{exercise.notebook}.ipynb")
    if not path.is_file():
        raise FileNotFoundError(
            f"the notebook of exercise {name!r} is not at {path}: "
            f"in the course's repository `attention-course exercise build {name}` makes it; "
            "elsewhere install the course again"
        )
    return path


def _shows_progress(source: str) -> bool:
    body = ast.parse(source).body
    return (
        len(body) == 1
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Call)
        and isinstance(body[0].value.func, ast.Name)
        and body[0].value.func.id == "progress"
    )
