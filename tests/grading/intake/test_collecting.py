"""A class's folder becomes submissions, and nothing of it is run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from attention_course.exercises import published, registry
from attention_course.grading.intake import collect
from attention_course.grading.marks import How
from grading.intake.handed_in import notebook, one


def test_every_answer_of_a_solved_notebook_is_found(tmp_path: Path) -> None:
    for student in ("ben", "anna"):
        (tmp_path / student).mkdir()
        for name in registry.names():
            shutil.copy(published.solved(name), tmp_path / student)
    collected = collect(tmp_path)
    by_number = sorted(registry.names(), key=lambda name: registry.exercise(name).number)
    assert [(s.student, s.exercise) for s in collected.submissions] == [
        (student, name) for student in ("anna", "ben") for name in by_number
    ]
    assert not collected.unreadable
    for submission in collected.submissions:
        questions = registry.exercise(submission.exercise).questions
        assert list(submission.answers) == [question.id for question in questions]
        for answer in submission.answers.values():
            assert (answer.how, answer.flags, answer.barred) == (How.METADATA, (), ())


def test_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "handed_in_module.py"
    module.write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    monkeypatch.syspath_prepend(str(tmp_path))
    touch = f"open({str(tmp_path / 'run')!r}, 'w')\n"
    uses = (
        f"import handed_in_module\nfrom handed_in_module import *\n{touch}"
        f"@{touch}def additive_score(q, k, v, x={touch.strip()}):\n"
        "    return helper(handed_in_module.x)"
    )
    helper = f"helper = {touch}class C({touch.strip()}):\n    {touch}"
    one(tmp_path / "class", notebook(helper, uses, touch, f"%%time\n{touch}"))
    assert not (tmp_path / "run").exists()
    assert "handed_in_module" not in sys.modules
