"""The notebooks of an exercise under strict nbval: solved, unsolved, with one answer missing."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attention_course.authoring.proofs.common import Problems, trains
from attention_course.authoring.proofs.nbval_words import brief
from attention_course.authoring.proofs.notebooks import Notebooks, check_id, code, source
from attention_course.exercises.question import Exercise, Question
from attention_course.grading.nbval import PASSED, outcomes, printed


def solved_passes(notebooks: Notebooks) -> Problems:
    """Every cell of the solved notebook passes."""
    for cell, words in run(notebooks, notebooks.solved).items():
        if words != PASSED:
            yield f"{_named(notebooks, cell)} does not pass: {brief(words)}"
            if not _is_check(notebooks.exercise, cell):
                return  # what comes later may rest on it


def unsolved_fails_its_checks(notebooks: Notebooks) -> Problems:
    """Of the learner's notebook exactly the check cells fail, each with the stub's own hint."""
    became = run(notebooks, notebooks.learners)
    yield from _exactly(notebooks, notebooks.exercise.questions, became)


def a_stub_loses_its_own_points(notebooks: Notebooks, question: Question) -> Problems:
    """With one answer stubbed, exactly its points are lost.

    So that no model is trained without need, the answers that train are stubbed along with any
    other; then exactly the points of both have to be lost.
    """
    exercise = notebooks.exercise
    missing = [question]
    if not trains(question):
        missing += [other for other in exercise.questions if trains(other)]
    became = run(notebooks, without(notebooks, missing))
    yield from _exactly(notebooks, missing, became)


def without(notebooks: Notebooks, missing: Iterable[Question]) -> dict[str, Any]:
    """The solved notebook with the learner's stubs in place of some answers."""
    notebook = copy.deepcopy(notebooks.solved)
    stubs = code(notebooks.learners)
    for question in missing:
        cell = notebooks.exercise.grade_id(question)
        code(notebook)[cell]["source"] = stubs[cell]["source"]
    return notebook


def run(notebooks: Notebooks, notebook: dict[str, Any]) -> dict[str, str]:
    """What strict nbval says of each code cell, in an empty folder."""
    with tempfile.TemporaryDirectory(prefix="attention-course-") as scratch:
        folder, report = Path(scratch, "notebook"), Path(scratch, "report")
        folder.mkdir()
        report.mkdir()
        path = folder / f"{notebooks.exercise.notebook}.ipynb"
        path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        return outcomes(path, report, strict=True)


def _exactly(notebooks: Notebooks, missing: Iterable[Question], became: dict[str, str]) -> Problems:
    """Whether the checks of the missing answers fail for that reason, and nothing else fails."""
    exercise = notebooks.exercise
    stubbed = {check_id(exercise, question): question for question in missing}
    which = ", ".join(question.name for question in stubbed.values())
    for cell, words in became.items():
        if words != PASSED and cell not in stubbed:
            yield f"{_named(notebooks, cell)} fails where only {which} is missing: {brief(words)}"
            if not _is_check(exercise, cell):
                return  # what comes later may rest on it
    for cell, question in stubbed.items():
        if became[cell] == PASSED:
            yield f"{question.id}: its check passes without an answer"
        elif "hint: not written yet" not in printed(became[cell], question.name):
            yield f"{question.id}: its check does not say 'not written yet': {brief(became[cell])}"


def _is_check(exercise: Exercise, cell: str) -> bool:
    return any(cell == check_id(exercise, question) for question in exercise.questions)


def _named(notebooks: Notebooks, cell: str) -> str:
    """A cell as an author knows it: by its question, else by its first line."""
    exercise = notebooks.exercise
    for question in exercise.questions:
        if cell == check_id(exercise, question):
            return f"{question.id}: its check"
        if cell == exercise.grade_id(question):
            return f"{question.id}: its answer's cell"
    first = source(code(notebooks.solved)[cell]).split("\n")[0]
    return f"the cell that begins with `{first}`"
