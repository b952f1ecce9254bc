"""nbgrader reads the same notebooks: solved they get full marks from it, unsolved none."""

from __future__ import annotations

import csv
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import nbformat
import pytest
from attention_course.exercises import published, registry
from nbformat import NotebookNode
from refused_metadata import REFUSED

pytestmark = [
    pytest.mark.xdist_group("nbgrader"),
    pytest.mark.skipif(
        importlib.util.find_spec("nbgrader") is None,
        reason="nbgrader is not installed: pip install -r requirements-bench.txt",
    ),
]

# a cell that trains takes longer than the 30 seconds that nbgrader allows
CONFIG = "c = get_config()\nc.ExecutePreprocessor.timeout = 300\n"


def nbgrader(course: Path, *arguments: str) -> None:
    home = course.parent / "home"
    home.mkdir(exist_ok=True)
    programs = str(Path(sys.executable).parent)  # nbgrader calls alembic by its name
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env={
            **os.environ,
            "HOME": str(home),
            "PATH": os.pathsep.join([programs, os.environ["PATH"]]),
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def graded_cells(name: str) -> list[NotebookNode]:
    """The cells with nbgrader's metadata, of the solved notebook and the learner's."""
    paths = (published.solved(name), published.learners(name))
    cells = [cell for path in paths for cell in nbformat.read(path, as_version=4).cells]
    return [cell for cell in cells if "nbgrader" in cell.metadata]


@pytest.mark.parametrize("name", registry.names())
def test_every_graded_cell_is_as_nbgraders_schema_says(name: str) -> None:
    from nbgrader.nbgraderformat import MetadataValidator

    validator = MetadataValidator()
    cells = graded_cells(name)
    assert len(cells) == 4 * len(registry.exercise(name).questions)  # answer and check, twice
    for cell in cells:
        jsonschema.validate(cell.metadata.nbgrader, validator.schema)
        validator.validate_cell(cell)


@pytest.mark.parametrize(("key", "value", "words"), REFUSED)
def test_what_our_check_refuses_nbgraders_schema_refuses(
    key: str, value: object, words: str
) -> None:
    from nbgrader.nbgraderformat import MetadataValidator

    check = next(c for c in graded_cells("bahdanau") if c.metadata.nbgrader.grade)
    jsonschema.validate(check.metadata.nbgrader, MetadataValidator().schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**check.metadata.nbgrader, key: value}, MetadataValidator().schema)


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[float, float]]:
    """What nbgrader gives, and how much there is to win, by student and exercise."""
    course = tmp_path_factory.mktemp("nbgrader") / "course"
    course.mkdir()
    (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for name in registry.names():
        copies = {
            ("source",): published.solved(name),
            ("submitted", "solved"): published.solved(name),
            ("submitted", "unsolved"): published.learners(name),
        }
        for place, notebook in copies.items():
            folder = course.joinpath(*place, name)
            folder.mkdir(parents=True)
            shutil.copy(notebook, folder)
        nbgrader(course, "generate_assignment", name)
        nbgrader(course, "autograde", name)
    nbgrader(course, "export")
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["student_id"], row["assignment"]): (float(row["score"]), float(row["max_score"]))
            for row in csv.DictReader(file)
        }


@pytest.mark.parametrize("name", registry.names())
def test_solved_has_full_marks(
    scores: dict[tuple[str, str], tuple[float, float]], name: str
) -> None:
    points = registry.exercise(name).points
    assert scores["solved", name] == (points, points)


@pytest.mark.parametrize("name", registry.names())
def test_unsolved_has_none(scores: dict[tuple[str, str], tuple[float, float]], name: str) -> None:
    assert scores["unsolved", name] == (0, registry.exercise(name).points)
