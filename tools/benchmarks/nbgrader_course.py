"""Marks submissions with nbgrader, to compare with."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from importlib import metadata
from pathlib import Path

from attention_course.exercises import published

from benchmarks import cost
from benchmarks.handed_in import EXERCISE

ASSIGNMENT = "exercise"


def version() -> str | None:
    """The version that is installed, if one is."""
    if importlib.util.find_spec("nbgrader") is None:
        return None
    return metadata.version("nbgrader")


class Course:
    """A course folder with chapter 2's exercise as its one assignment.

    Args:
        folder: an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "nbgrader_config.py").write_text(
            "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n", encoding="utf-8"
        )
        source = folder / "source" / ASSIGNMENT
        source.mkdir(parents=True)
        shutil.copy(published.solved(EXERCISE.name), source)
        self._run("generate_assignment", ASSIGNMENT)

    def autograde(self, submissions: Path) -> float:
        """Wall time in seconds for a folder of student/notebook.ipynb.

        Raises:
            RuntimeError: nbgrader could not mark all of them.
        """
        for name in ("submitted", "autograded"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for student in sorted(submissions.iterdir()):
            shutil.copytree(student, self.folder / "submitted" / student.name / ASSIGNMENT)
        seconds = self._run("autograde", ASSIGNMENT)
        marked = len(list((self.folder / "autograded").glob(f"*/{ASSIGNMENT}/*.ipynb")))
        handed_in = len(list(submissions.iterdir()))
        if marked != handed_in:
            raise RuntimeError(f"nbgrader marked {marked} submissions of {handed_in}")
        return seconds

    def _run(self, *arguments: str) -> float:
        own = self.folder / "own"
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            # it calls alembic by name
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            **{f"JUPYTER_{kind}_DIR": str(own / kind) for kind in ("DATA", "CONFIG", "RUNTIME")},
        }
        command = [sys.executable, "-m", "nbgrader", *arguments]
        return cost.of(command, cwd=self.folder, env=environment).seconds
