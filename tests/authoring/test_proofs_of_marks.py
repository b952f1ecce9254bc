"""The proof that asks the grader is seen to fail where right answers would not win everything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from attention_course.authoring.proofs.marks import grader_gives_full_marks, handed_in
from attention_course.authoring.proofs.notebooks import Notebooks
from attention_course.exercises import registry


def loss_alone(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> Notebooks:
    """Exercise 1 with one question, and that changed."""
    original = registry.exercise
    question = replace(registry.question("encoder_decoder.loss"), **changed)
    exercise = replace(original("encoder_decoder"), questions=(question,))
    monkeypatch.setattr(
        registry, "exercise", lambda name: exercise if name == exercise.name else original(name)
    )
    return Notebooks.of(exercise)


def test_the_grader_is_asked_about_every_right_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = loss_alone(monkeypatch)
    what = [what for _, what, _ in handed_in(pair)]
    alternatives = [f"the alternative {name!r}" for name in pair.exercise.questions[0].alternatives]
    assert what == ["the solved notebook's answer", *alternatives]
    assert list(grader_gives_full_marks(pair)) == []


def test_an_exercise_that_the_grader_cannot_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = loss_alone(monkeypatch)
    original = registry.exercise
    renumbered = replace(original("bahdanau"), number=1)
    changed = {"bahdanau": renumbered}
    monkeypatch.setattr(registry, "exercise", lambda name: changed.get(name) or original(name))
    (problem,) = grader_gives_full_marks(pair)
    assert problem.startswith("the grader takes every exercise, and it cannot take bahdanau: its")


def test_an_answer_that_uses_what_is_barred_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = loss_alone(monkeypatch, barred=("torch.nn.functional.cross_entropy",))
    problems = list(grader_gives_full_marks(pair))
    assert any(
        "encoder_decoder.loss: the alternative 'ignore_index' is refused by the grader: your "
        "answer uses torch.nn.functional.cross_entropy" in problem
        for problem in problems
    ), problems


def test_an_answer_that_needs_too_long_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = loss_alone(monkeypatch, seconds=0.001)
    problem, *_ = grader_gives_full_marks(pair)
    assert problem.startswith("encoder_decoder.loss: the solved notebook's answer takes 0.")
    assert problem.endswith("CPU seconds, expected at most half of the question's 0.001")


def test_an_answer_that_is_not_found_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = loss_alone(monkeypatch, alternatives={})
    points = pair.exercise.points
    pair.solved["cells"] = [c for c in pair.solved["cells"] if c["id"] != "01-loss"]
    assert list(grader_gives_full_marks(pair)) == [
        f"encoder_decoder.loss: the solved notebook's answer wins 0 of {points} points "
        "(not found: no cell of your notebook answers this question)"
    ]
