"""Gradescope's `results.json`, one for each student over all of the exercises.

The format is that of https://gradescope-autograders.readthedocs.io/en/latest/specs/. Learners read
it there, so it says no more than their feedback pages do.
"""

from __future__ import annotations

import json
from typing import Any

from attention_course.exercises.question import Exercise, Question
from attention_course.grading.marks import Mark, Reason
from attention_course.grading.reports import learner, wording
from attention_course.grading.reports.roster import Student

OTHER_INPUTS = "The graded run uses other inputs than the checks in your notebook."


def results(student: Student, exercises: tuple[Exercise, ...]) -> bytes:
    """What Gradescope shows to a student.

    Where something could not be marked, the whole result is hidden, since its score is not final.
    """
    handed_in = [exercise for exercise in exercises if exercise.name in student.marked]
    tests = [
        _test(exercise, number, question, mark)
        for exercise in handed_in
        for number, (question, mark) in enumerate(
            zip(exercise.questions, student.marked[exercise.name].marks, strict=True), start=1
        )
    ]
    tests += [
        {
            "name": item.path,
            "name_format": "text",
            "score": 0,
            "max_score": 0,
            "status": "failed",
            "output": f"This file could not be read: {wording.sentence(item.why)}",
            "output_format": "text",
            "visibility": "visible",
            "extra_data": {"reason": Reason.UNREADABLE.value},
        }
        for item in student.unreadable
    ]
    final = all(marked.complete for marked in student.marked.values())
    told = {
        "score": round(sum(marked.points for marked in student.marked.values()), 4),
        "output": OTHER_INPUTS
        if final
        else f"Some questions could not be marked yet: this score is not final. {OTHER_INPUTS}",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible" if final else "hidden",
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    text = json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _test(exercise: Exercise, number: int, question: Question, mark: Mark) -> dict[str, Any]:
    return {
        "name": question.title,
        "name_format": "text",
        "number": f"{exercise.number}.{number}",
        "score": round(mark.points, 4),
        "max_score": mark.maximum,
        "status": "passed" if mark.reason is Reason.PASSED else "failed",
        "output": _output(question, mark),
        "output_format": "text",
        "visibility": "visible",
        "extra_data": {
            "question": question.id,
            "reason": mark.reason.value,
            "checks": dict(zip(mark.checks, mark.passed, strict=True)),
            "how": mark.how.value if mark.how else None,
        },
    }


def _output(question: Question, mark: Mark) -> str:
    lines = [
        f"{'✓ passed' if passed else '✗ not passed'}: {check}"
        for check, passed in zip(mark.checks, mark.passed, strict=True)
    ]
    if mark.reason not in (Reason.PASSED, Reason.WRONG):
        lines = [wording.sentence(wording.IN_WORDS[mark.reason]), *lines]
    hint = wording.sentence(learner.hint(mark))
    return "\n".join([*lines, *filter(None, (hint, learner.advice(mark, question)))])
