"""Another opinion on a submission: its answers in the solved notebook, under strict nbval.

The answers are put into a fresh copy of the solved notebook, whose own check cells then have to
print what they promise. This shares nothing with the marking but the questions, so it is worth
asking where a mark is in doubt: on honest submissions both agree.

It is no way to find marks. The answers run **without isolation**: in one kernel, as this user, with
this machine's files and network, and with the checks in reach. An answer can forge its check, read
what this user may read, or leave processes behind; one that hangs or ends the kernel takes the
answers after it along. All that is done is to run in an empty temporary folder, with another as
HOME, and with an environment that holds no variables of this process but those that Python needs.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from attention_course.exercises import published, registry
from attention_course.exercises.question import Exercise, Question
from attention_course.grading.marks import Json, Submission
from attention_course.grading.nbval import PASSED, outcomes, printed

WITHOUT_ISOLATION = (
    "nbval runs the answers without isolation: as you, with your files and your network"
)

# what Python and the kernel need to be found and to start
_KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_NOT_TOLD = "nbval could not tell: an answer before it hung or ended the kernel"


@dataclass(frozen=True)
class Opinion:
    """What nbval thinks of one answer.

    Attributes:
        question: the question's id.
        passed: whether its check cell printed what the solved notebook promises.
        line: what it printed instead, or the error that was raised; "" where it passed.
    """

    question: str
    passed: bool
    line: str = ""


def second_opinion(submission: Submission, *, cell_timeout: float = 120) -> tuple[Opinion, ...]:
    """Runs a submission's answers in the solved notebook, **without isolation** (see above).

    Args:
        submission: its answers; a question that none answers gets the learner's stub.
        cell_timeout: seconds that one cell may take.

    Returns:
        an opinion for each question, in the exercise's order. Only a plain pass counts.

    Raises:
        ImportError: pytest, nbval or ipykernel is not installed.
        FileNotFoundError: the exercise's notebooks are not there.
    """
    exercise = registry.exercise(submission.exercise)
    with tempfile.TemporaryDirectory(prefix="attention-course-") as scratch:
        home, folder, report = (Path(scratch, name) for name in ("home", "notebook", "report"))
        for new in (home, folder, report):
            new.mkdir()
        notebook = folder / f"{exercise.notebook}.ipynb"
        text = json.dumps(transplanted(submission), ensure_ascii=False)
        notebook.write_text(text, encoding="utf-8")
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        became = outcomes(
            notebook,
            report,
            strict=True,
            cell_timeout=cell_timeout,
            environment={**kept, "HOME": str(home), "TMPDIR": str(home)},
        )
    return tuple(_opinion(exercise, question, became) for question in exercise.questions)


def transplanted(submission: Submission) -> Json:
    """The solved notebook with a submission's answers, as nbformat's JSON."""
    exercise = registry.exercise(submission.exercise)
    notebook: Json = json.loads(published.solved(exercise.name).read_text(encoding="utf-8"))
    sources = _stubs(exercise)
    for question in exercise.questions:
        if question.id in submission.answers:
            sources[exercise.grade_id(question)] = submission.answers[question.id].source
    for cell in notebook["cells"]:
        if cell["id"] in sources:
            cell["source"] = sources[cell["id"]]
    return notebook


def _stubs(exercise: Exercise) -> dict[str, str]:
    """What the learner's notebook has in the answer cells."""
    answers = {exercise.grade_id(question) for question in exercise.questions}
    notebook = json.loads(published.learners(exercise.name).read_text(encoding="utf-8"))
    return {
        cell["id"]: "".join(cell["source"]) for cell in notebook["cells"] if cell["id"] in answers
    }


def _opinion(exercise: Exercise, question: Question, became: Mapping[str, str]) -> Opinion:
    answer = exercise.grade_id(question)
    if became[f"{answer}-check"] == PASSED:
        return Opinion(question.id, True)
    line = printed(became[f"{answer}-check"], question.name)
    errors = (_error(became[cell]) for cell in (answer, f"{answer}-check"))
    return Opinion(question.id, False, line or next(filter(None, errors), "") or _NOT_TOLD)


def _error(words: str) -> str:
    """nbval's time-out, or the last line of a traceback, without colours; "" where neither is."""
    plain = re.sub(r"(?:\x1b|#x1B)\[[0-9;]*m", "", words)
    late = re.findall(r"Timeout of .*", plain)
    raised = re.findall(r"^\w+(?:Error|Exit|Exception|Interrupt)\b.*$", plain, re.MULTILINE)
    return str(late[0] if late else raised[-1] if raised else "").strip()
