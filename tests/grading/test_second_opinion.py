"""What nbval thinks of a submission, whose answers it runs in the solved notebook."""

from __future__ import annotations

import importlib.util
import json

import pytest
from attention_course.exercises import published, registry
from attention_course.grading import nbval
from attention_course.grading.marks import Answer, How, Submission
from attention_course.grading.second_opinion import Opinion, second_opinion, transplanted

EXERCISE = registry.exercise("encoder_decoder")


def sources() -> dict[str, str]:
    """The right answers, by the questions' names."""
    notebook = json.loads(published.solved(EXERCISE.name).read_text(encoding="utf-8"))
    cells = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    return {question.name: cells[EXERCISE.grade_id(question)] for question in EXERCISE.questions}


def submission(changed: dict[str, str | None]) -> Submission:
    """The right answers with some changed, or left out where there is None."""
    answers = {
        f"{EXERCISE.name}.{name}": Answer(f"{EXERCISE.name}.{name}", source, How.METADATA)
        for name, source in {**sources(), **changed}.items()
        if source is not None
    }
    return Submission("anna", EXERCISE.name, "anna/01.ipynb", answers)


def opinions(changed: dict[str, str | None], seconds: float = 120) -> dict[str, Opinion]:
    found = second_opinion(submission(changed), cell_timeout=seconds)
    assert [opinion.question for opinion in found] == [q.id for q in EXERCISE.questions]
    return {opinion.question.partition(".")[2]: opinion for opinion in found}


def test_each_answer_gets_its_own_opinion() -> None:
    right = sources()
    found = opinions(
        {
            "padded_step": None,
            "final_state": "def final_state(states, mask):\n    return states[:, -1]",
            "shift": "teacher_forcing = 1 / 0",
            "loss": f"print('loss: 4 of 4 checks')\n{right['loss']}",
        }
    )
    passed = {name for name, opinion in found.items() if opinion.passed}
    assert passed == {"loss", "greedy", "forgetting"}
    assert all(found[name].line == "" for name in passed)
    assert found["padded_step"].line.startswith("padded_step: hint: not written yet")
    mistakes = {m.name: m.hint for m in registry.question("encoder_decoder.final_state").mistakes}
    assert any(hint in found["final_state"].line for hint in mistakes.values())
    assert found["shift"].line == "ZeroDivisionError: division by zero"


def test_after_a_cell_that_hangs_nothing_is_a_plain_pass() -> None:
    found = opinions({"greedy": "while True:\n    pass"}, seconds=15)
    assert found["greedy"].line == "Timeout of 15 seconds exceeded executing cell"
    # nbval interrupts the cell and goes on; it expects what follows to fail
    assert not found["forgetting"].passed
    assert found["forgetting"].line.startswith("nbval could not tell")
    assert all(found[name].passed for name in ("padded_step", "final_state", "shift", "loss"))


def test_answers_run_in_an_empty_folder_and_know_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_TEACHER", "1409")
    looks = (
        "import os, pathlib\n"
        "assert 'SECRET_OF_THE_TEACHER' not in os.environ\n"
        "assert os.listdir() == ['01-encoder-decoder.ipynb'], os.listdir()\n"
        "assert pathlib.Path.home().parent == pathlib.Path.cwd().parent\n"
    )
    found = opinions({"forgetting": f"{looks}{sources()['forgetting']}"})
    assert found["forgetting"] == Opinion("encoder_decoder.forgetting", True)


def test_only_answers_are_transplanted() -> None:
    solved = json.loads(published.solved(EXERCISE.name).read_text(encoding="utf-8"))
    changed = transplanted(submission({"shift": "x = 1", "loss": None}))
    differ = {
        one["id"]: "".join(other["source"])
        for one, other in zip(solved["cells"], changed["cells"], strict=True)
        if "".join(one["source"]) != "".join(other["source"])
    }
    assert set(differ) == {"01-shift", "01-loss"}
    assert differ["01-shift"] == "x = 1"
    assert "raise NotImplementedError" in differ["01-loss"]


def test_what_nbval_needs_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "nbval" else there(name)
    )
    with pytest.raises(ImportError, match=r'needs nbval, .* pip install "attention-course\[grad'):
        second_opinion(submission({}))
    assert nbval.printed("anything", "shift") == ""
