"""Makes what a class hands in, from the notebooks of the exercises."""

from __future__ import annotations

import copy
import functools
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attention_course.exercises import published
from attention_course.grading.intake import Collected, collect
from attention_course.grading.marks import Answer, Submission

Json = dict[str, Any]


@functools.cache
def _stored(path: Path) -> Json:
    return json.loads(path.read_text(encoding="utf-8"))


def solved(exercise: str = "bahdanau") -> Json:
    """A notebook with all answers, to be changed at will."""
    return copy.deepcopy(_stored(published.solved(exercise)))


def untouched(exercise: str = "bahdanau") -> Json:
    """A notebook as learners open it."""
    return copy.deepcopy(_stored(published.learners(exercise)))


def code(source: str, grade_id: str = "") -> Json:
    """A cell of code, an answer's where it has a grade_id."""
    metadata = {"nbgrader": {"grade_id": grade_id, "solution": True}} if grade_id else {}
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }


def notebook(*cells: Json | str) -> Json:
    """A notebook of these cells; strings are code."""
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def place(made: Json, grade_id: str) -> int:
    """Which cell of a notebook has this grade_id."""
    return next(
        number
        for number, cell in enumerate(made["cells"])
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


def without_labels(made: Json, *, markers: bool = True) -> Json:
    """The notebook without nbgrader's metadata, and without the lines ``# exercise:``."""
    for cell in made["cells"]:
        cell["metadata"] = {}
        if markers:
            lines = "".join(cell["source"]).splitlines(keepends=True)
            cell["source"] = [line for line in lines if not line.startswith("# exercise:")]
    return made


def data(made: Json | bytes | str) -> bytes:
    """The bytes of a notebook's file."""
    if isinstance(made, dict):
        made = json.dumps(made)
    return made.encode() if isinstance(made, str) else made


def put(folder: Path, files: Mapping[str, Json | bytes | str]) -> Path:
    """Writes files, by their paths in the folder."""
    for name, made in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data(made))
    return folder


def archive(files: Mapping[str, Json | bytes | str], compressed: int = 8) -> bytes:
    """A zip archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compressed) as made:
        for name, content in files.items():
            made.writestr(name, data(content))
    return file.getvalue()


def one(folder: Path, made: Json | bytes) -> Submission:
    """What is found when this notebook alone is handed in, and nothing is wrong with it."""
    collected = hand_in(folder, made)
    assert not collected.unreadable
    (submission,) = collected.submissions
    return submission


def hand_in(folder: Path, made: Json | bytes) -> Collected:
    """What is found when this notebook alone is handed in."""
    return collect(put(folder, {"anna/notebook.ipynb": made}))


def answers(folder: Path, *cells: Json | str) -> Mapping[str, Answer]:
    """The answers of a notebook of these cells."""
    return one(folder, notebook(*cells)).answers


def students(collected: Collected) -> list[tuple[str, str, str]]:
    """Student, exercise and path of every submission."""
    return [(s.student, s.exercise, s.path) for s in collected.submissions]


def reasons(collected: Collected) -> list[tuple[str, str]]:
    """Path and reason of all that is unreadable."""
    return [(u.path, u.why) for u in collected.unreadable]
