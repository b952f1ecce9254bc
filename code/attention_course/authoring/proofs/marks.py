"""The grader gives full marks to what is right, and in good time."""

from __future__ import annotations

import ast
import copy
import inspect
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FunctionType
from typing import Any

from attention_course.authoring.loading import load
from attention_course.authoring.proofs.common import OTHER_SEED, Problems, trains
from attention_course.authoring.proofs.notebooks import Cell, Notebooks, code
from attention_course.exercises.question import Question
from attention_course.grading.intake import collect
from attention_course.grading.intake.barred import INTERNAL
from attention_course.grading.isolation import Warm
from attention_course.grading.lanes import preload
from attention_course.grading.marking import Marker
from attention_course.grading.marks import Answer, Mark, Reason

SPARE = 0.5  # of a question's seconds: a learner's machine, and a slower answer, need some too
PATIENCE = 30.0  # seconds beyond a question's own


def grader_gives_full_marks(notebooks: Notebooks) -> Problems:
    """Handed in, the solved notebook wins everything, and so does every alternative with a source.

    No answer may use a name that its question bars, nor half of its seconds.
    """
    others = load()[1]
    if others:
        (name, why), *_ = others.items()
        yield f"the grader takes every exercise, and it cannot take {name}: {why}"
        return
    with Warm(preload(), lanes=1) as warm:
        marker = Marker(OTHER_SEED, warm.ask)
        for question, what, answer in handed_in(notebooks):
            # with more seconds than it has, so that what it takes can be said
            patient = replace(question, seconds=question.seconds + PATIENCE)
            for problem in _short_of_full(question, marker.mark(patient, answer)):
                yield f"{question.id}: {what} {problem}"


def _short_of_full(question: Question, mark: Mark) -> Problems:
    if mark.reason is Reason.BARRED:
        yield f"is refused by the grader: {mark.hint}"
    elif mark.reason is not Reason.PASSED:
        yield f"wins {mark.points:g} of {mark.maximum:g} points ({mark.reason.value}: {mark.hint})"
    elif mark.cpu > SPARE * question.seconds:
        yield (
            f"takes {mark.cpu:.2g} CPU seconds, expected at most half of the question's "
            f"{question.seconds:g}"
        )


def handed_in(notebooks: Notebooks) -> Iterator[tuple[Question, str, Answer | None]]:
    """The right answers as the intake finds them in notebooks, each with its question and a name.

    Alternatives that have no source of their own (a lambda), or that rest on the reference or on
    what belongs to the checks, are left out: no learner could hand them in. So are those that
    train.
    """
    notebook = notebooks.solved
    wanted: list[tuple[Question, str, dict[str, Any]]] = [
        (question, "the solved notebook's answer", notebook)
        for question in notebooks.exercise.questions
    ]
    count = len(wanted)
    for question in notebooks.exercise.questions:
        for name, alternative in () if trains(question) else question.alternatives.items():
            if isinstance(alternative, FunctionType) and alternative.__qualname__.isidentifier():
                changed = _with_alternative(notebooks, question, alternative)
                wanted.append((question, f"the alternative {name!r}", changed))
    with tempfile.TemporaryDirectory(prefix="attention-course-") as scratch:
        for number, (_, _, content) in enumerate(wanted):
            folder = Path(scratch, f"{number:04}")
            folder.mkdir()
            path = folder / f"{notebooks.exercise.notebook}.ipynb"
            path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        collected = collect(Path(scratch))
    found = {int(submission.student): submission.answers for submission in collected.submissions}
    for number, (question, what, _) in enumerate(wanted):
        answer = found.get(number, {}).get(question.id)
        if number < count or (answer is not None and _a_learners(question, answer)):
            yield question, what, answer


def _with_alternative(
    notebooks: Notebooks, question: Question, alternative: FunctionType
) -> dict[str, Any]:
    """The solved notebook with an alternative as its answer, and its module as another cell."""
    notebook = copy.deepcopy(notebooks.solved)
    cell = code(notebook)[notebooks.exercise.grade_id(question)]
    cell["source"] = (
        f"# exercise: {question.id}\n"
        f"def {question.answer}(*inputs):\n"
        f"    return {alternative.__name__}(*inputs)\n"
    )
    module = inspect.getsource(sys.modules[alternative.__module__])
    given: Cell = {"cell_type": "code", "id": "given", "metadata": {}, "source": module}
    given |= {"outputs": [], "execution_count": None}
    notebook["cells"].insert(notebook["cells"].index(cell), given)
    return notebook


def _a_learners(question: Question, answer: Answer) -> bool:
    if any(name.startswith(INTERNAL) for name in answer.barred):
        return False
    loads = (node for node in ast.walk(ast.parse(answer.source)) if isinstance(node, ast.Name))
    return not any(node.id == question.answer and isinstance(node.ctx, ast.Load) for node in loads)
