"""Submissions of chapter 2 to measure with: copies of the solved notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from attention_course.exercises import published, registry

EXERCISE = registry.exercise("bahdanau")
TRAINING = {EXERCISE.grade_id(q) for q in EXERCISE.questions if q.kind == "train"}


def solved() -> dict[str, Any]:
    """The solved notebook."""
    return _read(published.solved(EXERCISE.name))


def without_training(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with the learner's stub where a model is trained.

    What that takes is the learner's own computing, which every grader has to wait for.
    """
    given = _given()
    cells = [given[_id(c)] if _id(c) in TRAINING else c for c in notebook["cells"]]
    return {**notebook, "cells": cells}


def varied(notebook: dict[str, Any], number: int) -> dict[str, Any]:
    """The notebook with a line more in every answer, so that no two share one; stubs are alike."""
    given = _given()
    answers = {EXERCISE.grade_id(question) for question in EXERCISE.questions}
    cells = [
        {**c, "source": [*c["source"], f"\nnumber_of_this_copy = {number}\n"]}
        if _id(c) in answers and c["source"] != given[_id(c)]["source"]
        else c
        for c in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def hand_in(folder: Path, count: int, notebook: dict[str, Any], *, different: bool) -> Path:
    """Writes `count` submissions into a folder, student/notebook.ipynb, and returns it."""
    for number in range(count):
        path = folder / f"student{number:03}" / f"{EXERCISE.notebook}.ipynb"
        path.parent.mkdir(parents=True)
        copy = varied(notebook, number) if different else notebook
        path.write_text(json.dumps(copy), encoding="utf-8")
    return folder


def _given() -> dict[str | None, dict[str, Any]]:
    """The cells of the learner's notebook, by the ids of nbgrader."""
    return {_id(cell): cell for cell in _read(published.learners(EXERCISE.name))["cells"]}


def _id(cell: dict[str, Any]) -> str | None:
    grade_id: str | None = cell["metadata"].get("nbgrader", {}).get("grade_id")
    return grade_id


def _read(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook
