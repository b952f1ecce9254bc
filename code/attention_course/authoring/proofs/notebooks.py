"""The notebooks of an exercise agree with its questions; nothing is run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from attention_course.authoring.proofs.common import Problems
from attention_course.exercises import published
from attention_course.exercises.question import Exercise, Question

Cell = dict[str, Any]

PROMISE = "nbval-check-output"
MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")
STARS = {1: "★☆☆", 2: "★★☆", 3: "★★★"}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Notebooks:
    """An exercise with its two notebooks, as nbformat's JSON."""

    exercise: Exercise
    solved: dict[str, Any]
    learners: dict[str, Any]

    @classmethod
    def of(cls, exercise: Exercise) -> Notebooks:
        """Reads those that are published.

        Raises:
            FileNotFoundError: there are none.
        """
        solved, learners = published.solved(exercise.name), published.learners(exercise.name)
        return cls(
            exercise,
            json.loads(solved.read_text(encoding="utf-8")),
            json.loads(learners.read_text(encoding="utf-8")),
        )


def code(notebook: dict[str, Any]) -> dict[str, Cell]:
    """The code cells by their ids."""
    return {cell["id"]: cell for cell in notebook["cells"] if cell["cell_type"] == "code"}


def source(cell: Cell) -> str:
    """The cell's text; it is stored as one text or as its lines."""
    return "".join(cell["source"])


def text(notebook: dict[str, Any]) -> str:
    """What the notebook says between its code."""
    return "\n".join(source(c) for c in notebook["cells"] if c["cell_type"] == "markdown")


def check_id(exercise: Exercise, question: Question) -> str:
    """The id of a question's check cell."""
    return f"{exercise.grade_id(question)}-check"


def full_marks(question: Question) -> str:
    """What the check cell of a right answer prints."""
    return f"{question.name}: {len(question.cases)} of {len(question.cases)} checks\n"


def cells_are_the_questions(notebooks: Notebooks) -> Problems:
    """Each question has its answer cell and its check cell, in order, with nbgrader's metadata."""
    exercise = notebooks.exercise
    expected = [
        (cell, points)
        for question in exercise.questions
        for cell, points in (
            (exercise.grade_id(question), None),
            (check_id(exercise, question), question.points),
        )
    ]
    for name, notebook in (("solved", notebooks.solved), ("learner's", notebooks.learners)):
        cells = code(notebook)
        found = [
            (cell, flags.get("points"))
            for cell, flags in ((c, cells[c]["metadata"].get("nbgrader")) for c in cells)
            if flags is not None
        ]
        if found != expected:
            yield (
                f"the {name} notebook's graded cells and points are {_listed(found)}, "
                f"expected {_listed(expected)}"
            )
            continue
        for question in exercise.questions:
            yield from _answer_cell(exercise, question, cells)
            yield from _check_cell(exercise, question, cells)


def _listed(cells: list[tuple[str, Any]]) -> str:
    return ", ".join(name if points is None else f"{name} ({points})" for name, points in cells)


def _answer_cell(exercise: Exercise, question: Question, cells: dict[str, Cell]) -> Problems:
    cell = cells[exercise.grade_id(question)]
    flags = {"schema_version": 3, "grade_id": exercise.grade_id(question)}
    flags |= {"grade": False, "locked": False, "solution": True}
    lines = source(cell)
    if cell["metadata"]["nbgrader"] != flags:
        yield f"{question.id}: the answer's metadata is not {flags}"
    if lines.split("\n")[0] != f"# exercise: {question.id}":
        yield f"{question.id}: the answer does not begin with '# exercise: {question.id}'"
    if f"\ndef {question.answer}(" not in lines:
        yield f"{question.id}: the answer does not define {question.answer}"
    described = "Returns:" in lines or "-> None" in lines
    if not ('"""' in lines and "->" in lines and described):
        yield f"{question.id}: the answer's docstring does not say what comes in and out"


def _check_cell(exercise: Exercise, question: Question, cells: dict[str, Cell]) -> Problems:
    cell = cells[check_id(exercise, question)]
    flags = {"schema_version": 3, "grade_id": check_id(exercise, question)}
    flags |= {"grade": True, "locked": True, "solution": False, "points": question.points}
    if cell["metadata"]["nbgrader"] != flags:
        yield f"{question.id}: the check's metadata is not {flags}"
    if cell["metadata"].get("tags") != [PROMISE]:
        yield f"{question.id}: the check is not tagged {PROMISE}"
    if source(cell) != f'check("{question.id}", {question.answer})':
        yield f'{question.id}: the check is not check("{question.id}", {question.answer})'


def checks_promise_full_marks(notebooks: Notebooks) -> Problems:
    """Every check cell keeps its number and one output: the line that a right answer gets."""
    for question in notebooks.exercise.questions:
        solved = _promise(notebooks.exercise, question, notebooks.solved)
        learners = _promise(notebooks.exercise, question, notebooks.learners)
        if solved and solved == learners:
            yield f"{question.id}: the check in both notebooks {solved}"
        else:
            for name, problem in (("solved", solved), ("learner's", learners)):
                if problem:
                    yield f"{question.id}: the check in the {name} notebook {problem}"


def _promise(exercise: Exercise, question: Question, notebook: dict[str, Any]) -> str:
    """What is wrong with what the check cell has stored; "" where nothing is."""
    cell = code(notebook).get(check_id(exercise, question), {})
    outputs = cell.get("outputs", [])
    if not cell.get("execution_count") or not outputs:
        return "has no stored output, so nbval compares nothing"
    stored = [(o.get("name"), source({"source": o.get("text", "")})) for o in outputs]
    if stored != [("stdout", full_marks(question))]:
        printed = " and ".join(text.strip() or "what is no text" for _, text in stored)
        return f"promises {printed!r}, expected {full_marks(question).strip()!r} alone"
    return ""


def answers_are_hidden(notebooks: Notebooks) -> Problems:
    """The learner's notebook is the solved one with a stub in place of each answer."""
    solved, learners = code(notebooks.solved), code(notebooks.learners)
    answers = {notebooks.exercise.grade_id(q): q for q in notebooks.exercise.questions}
    whole = "\n".join(source(cell) for cell in notebooks.learners["cells"])
    for mark in MARKS:
        if mark in whole:
            yield f"the learner's notebook shows {mark}"
    if list(solved) != list(learners):
        yield "the learner's notebook has other code cells than the solved one"
        return
    for cell, question in answers.items():
        if cell not in solved:
            continue  # the proof of the cells says so
        if [source(solved[cell]).count(mark) for mark in MARKS] != [1, 1]:
            yield f"{question.id}: the solved notebook does not mark one answer as the solution"
        if source(learners[cell]).count("raise NotImplementedError") != 1:
            yield f"{question.id}: the learner's notebook has no stub for it"
    for cell in solved:
        if cell not in answers and source(solved[cell]) != source(learners[cell]):
            yield f"cell {cell} is not an answer and differs in the learner's notebook"


def text_agrees(notebooks: Notebooks) -> Problems:
    """The text gives the points, difficulty, minutes and title of each question, and the sums."""
    exercise, said = notebooks.exercise, text(notebooks.learners)
    places = []
    for question in exercise.questions:
        found = re.search(rf"^## {re.escape(question.title)}\n+(.*)", said, re.MULTILINE)
        if not found:
            yield f"{question.id}: no heading says '{question.title}'"
            continue
        places.append(found.start())
        head = _head(question)
        if found[1] != head:
            yield f"{question.id}: below its heading stands {found[1]!r}, expected {head!r}"
    if places != sorted(places):
        yield "the headings are not in the order of the questions"
    count = len(exercise.questions)
    number = NUMBERS[count] if count < len(NUMBERS) else count
    words = f"has {number} question{'s' * (count != 1)}, worth {exercise.points} points"
    if words not in said:
        yield f"the text does not say that the exercise {words!r}, in these words"
    if not said.startswith(f"# Exercise {exercise.number} · "):
        yield f"the text does not begin with '# Exercise {exercise.number} · '"


def _head(question: Question) -> str:
    points = f"{question.points} point{'s' * (question.points != 1)}"
    minutes = f"{question.minutes} minute{'s' * (question.minutes != 1)}"
    return f"**{points}** · difficulty {STARS[question.difficulty]} · about {minutes}"
