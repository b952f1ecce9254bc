"""A class's folder becomes submissions; what cannot be marked is named."""

from __future__ import annotations

import shutil
from pathlib import Path

from attention_course.exercises import published, registry
from attention_course.grading.intake import collect
from attention_course.grading.marks import How


def test_every_answer_of_a_solved_notebook_is_found(tmp_path: Path) -> None:
    for student in ("ben", "anna"):
        (tmp_path / student).mkdir()
        for name in registry.names():
            shutil.copy(published.solved(name), tmp_path / student)
    collected = collect(tmp_path)
    assert [(s.student, s.exercise) for s in collected.submissions] == [
        ("anna", "encoder_decoder"),
        ("anna", "bahdanau"),
        ("ben", "encoder_decoder"),
        ("ben", "bahdanau"),
    ]
    assert not collected.unreadable
    for submission in collected.submissions:
        questions = registry.exercise(submission.exercise).questions
        assert list(submission.answers) == [question.id for question in questions]
        for answer in submission.answers.values():
            assert (answer.how, answer.flags, answer.barred) == (How.METADATA, (), ())
