"""Gradescope's format."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from attention_course.grading.marks import Reason, Run, Unreadable
from attention_course.grading.reports import gradescope
from attention_course.grading.reports.roster import roster
from grading.reports import classes

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "max_score": {"type": "number"},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string"},
        "name_format": FORMAT,
        "number": {"type": "string"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
# Its documentation in short; a key that is not listed there would be ignored in silence.
SPECIFICATION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tests"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": TEST},
        "leaderboard": {"type": "array"},
    },
}


def told(run: Run, student: str = "ada") -> Any:
    who = roster(run)
    one = next(one for one in who.students if one.name == student)
    found = json.loads(gradescope.results(one, who.exercises))
    jsonschema.Draft202012Validator(SPECIFICATION).validate(found)
    return found


@pytest.mark.parametrize("student", ["ada", "bo", "chen", "dora", "Zoë Ångström"])
def test_results_are_what_gradescope_expects(student: str) -> None:
    told(classes.every_reason(), student)


def test_questions_of_all_exercises_add_up() -> None:
    found = told(classes.every_reason())
    assert found["score"] == 24.5
    assert sum(test["score"] for test in found["tests"]) == pytest.approx(24.5)
    assert sum(test["max_score"] for test in found["tests"]) == 150
    numbers = [test["number"] for test in found["tests"]]
    assert numbers == [f"1.{n}" for n in range(1, 7)] + [f"2.{n}" for n in range(1, 9)]


def test_a_question_tells_its_checks_and_its_hint() -> None:
    first, second = told(classes.every_reason())["tests"][6:8]
    assert (first["name"], first["status"]) == ("Write the score", "passed")
    assert first["output"].splitlines() == [
        "✓ passed: several sentences",
        "✓ passed: a batch of one",
        "✓ passed: as many sentences as words",
        "✓ passed: double precision",
    ]
    assert (second["score"], second["status"]) == (2.5, "failed")
    assert second["output"].splitlines() == [
        "✓ passed: padded sentences",
        "✗ not passed: a batch of one",
        "✗ not passed: double precision",
        "✗ not passed: large scores",
        "✗ not passed: a sentence of nothing but padding",
        "✗ not passed: as many sentences as words",
        "Your answer has the right shape, but 12 of 35 of its numbers are not right.",
    ]
    assert second["extra_data"]["reason"] == "wrong"


def test_other_outcomes_are_told_in_words() -> None:
    run = classes.run(classes.marked("ada", "bahdanau", [Reason.TIMED_OUT]))
    lines = told(run)["tests"][0]["output"].splitlines()
    assert lines[0] == "Ran longer than allowed."
    assert lines[-1].startswith("Look for a loop")


def test_a_score_that_is_not_final_is_hidden() -> None:
    found = told(classes.every_reason(), "bo")
    assert found["visibility"] == "hidden"
    assert "not final" in found["output"]
    assert told(classes.every_reason())["visibility"] == "visible"


def test_a_file_that_could_not_be_read_is_told() -> None:
    found = told(classes.every_reason(), "dora")
    (test,) = found["tests"]
    assert found["score"] == 0
    assert test["status"] == "failed"
    assert "It is cut short" in test["output"]


def test_names_are_text_and_not_markup() -> None:
    broken = Unreadable("<b>", "<b>/x.ipynb", "it is <i>not</i> JSON")
    found = told(classes.run(unreadable=(broken,)), "<b>")
    assert {test[key] for test in found["tests"] for key in ("name_format", "output_format")} == {
        "text"
    }
