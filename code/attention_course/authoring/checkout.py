"""The checkout of the course that exercises are written in."""

from __future__ import annotations

import difflib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from attention_course import shipped

if TYPE_CHECKING:
    from attention_course.exercises.question import Exercise

TOOL = Path("tools", "notebooks.py")
CHECK = re.compile(r"""check\(\s*["']([^"']*)["']""")
NEEDS = ("jupytext", "nbformat", "nbclient", "jupyter_cache", "psutil", "pybtex", "yaml")


def root() -> Path:
    """The checkout's folder.

    Raises:
        FileNotFoundError: this package does not run from a checkout; with how to get one.
    """
    if not (shipped.REPOSITORY / TOOL).is_file():
        urls = metadata.metadata("attention-course").get_all("Project-URL") or []
        address = next(url.split(", ")[1] for url in urls if url.startswith("Repository, "))
        raise FileNotFoundError(
            f"exercises are written in a checkout of the course, and the package in "
            f"{Path(__file__).parents[1]} belongs to none: run `git clone {address}`, then "
            "`make book` in it, and call its own .venv/bin/attention-course"
        )
    return shipped.REPOSITORY


def source(exercise: Exercise) -> str:
    """The source of an exercise's notebooks, from the checkout's folder."""
    return f"exercises/solutions/{exercise.notebook}.md"


def wrong_checks(exercise: Exercise) -> Iterator[str]:
    """The lines of the source whose `check` names a question that the exercise does not have.

    Raises:
        FileNotFoundError: as `root` does, or there is no source.
    """
    name = source(exercise)
    path = root() / name
    if not path.is_file():
        raise FileNotFoundError(f"exercise {exercise.name} has no {name} to make its notebooks of")
    known = [question.id for question in exercise.questions]
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = CHECK.match(line)
        if found and found[1] not in known:
            near = difflib.get_close_matches(found[1], known, n=1, cutoff=0.0)[0]
            yield f"{name}, line {number}: there is no question {found[1]!r}; did you mean {near}?"


def notebooks(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs tools/notebooks.py, which makes notebooks from their sources and compares them.

    Raises:
        FileNotFoundError: as `root` does.
        ImportError: something that it needs is not installed.
    """
    folder = root()
    missing = [module for module in NEEDS if importlib.util.find_spec(module) is None]
    if missing:
        raise ImportError(
            f"{TOOL.as_posix()} needs {', '.join(missing)}, which is not installed: run "
            f"`{sys.executable} -m pip install -r {folder / 'requirements.txt'}`"
        )
    return subprocess.run(
        [sys.executable, str(folder / TOOL), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
