"""The checkout of the course that exercises are written in."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from attention_course import shipped

if TYPE_CHECKING:
    from attention_course.exercises.question import Exercise

TOOL = Path("tools", "notebooks.py")
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
