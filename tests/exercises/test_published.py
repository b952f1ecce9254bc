"""Where the notebooks lie, what runs before the answers, and what a process of answers holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from attention_course import shipped
from attention_course.exercises import published, registry
from attention_course.grading.isolation.references import ALWAYS
from browser import ROOT

# modules that put a question to an answer, in whatever process the answer lives
ASKING = (
    "attention_course.exercises.bahdanau.stepping",
    "attention_course.exercises.bahdanau.training",
    "attention_course.exercises.luong.counting",
    "attention_course.exercises.luong.training",
    "attention_course.exercises.self_attention.counting",
    "attention_course.exercises.self_attention.going_back",
    "attention_course.exercises.self_attention.training",
    "attention_course.exercises.show_attend_tell.counting",
    "attention_course.exercises.show_attend_tell.gradients",
    "attention_course.exercises.show_attend_tell.training",
    "attention_course.exercises.transformer.parts",
    "attention_course.exercises.transformer.picking",
    "attention_course.exercises.transformer.stepping",
    "attention_course.exercises.transformer.training",
    "attention_course.exercises.universal_transformer.gradients",
    "attention_course.exercises.universal_transformer.training",
)


@pytest.mark.parametrize("module", ASKING)
def test_what_asks_brings_no_reference_along(module: str) -> None:
    loaded = (
        f"import sys, {module}; print(*(name for name in sys.modules "
        "if name.startswith('attention_course.exercises')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) - ALWAYS == {module.rpartition(".")[0], module}


def test_every_way_of_asking_is_looked_at() -> None:
    ways = {
        q.ask.__module__ for name in registry.names() for q in registry.exercise(name).questions
    }
    assert ways == {"attention_course.exercises.asking", *ASKING}


@pytest.mark.parametrize("name", registry.names())
def test_the_notebooks_are_those_of_the_repository(name: str) -> None:
    file = f"{registry.exercise(name).notebook}.ipynb"
    assert published.learners(name) == ROOT / "exercises" / file
    assert published.solved(name) == ROOT / "exercises" / "solutions" / file


@pytest.mark.parametrize("name", registry.names())
def test_the_setup_runs_and_answers_nothing(name: str) -> None:
    namespace: dict[str, object] = {}
    for source in published.setup(name):
        exec(source, namespace)
    assert "check" in namespace
    assert {q.answer for q in registry.exercise(name).questions}.isdisjoint(namespace)


def test_the_setup_has_what_the_exercise_gives() -> None:
    first, broken, slow = published.setup("bahdanau")
    assert first.startswith("from collections.abc import Sequence")
    assert broken.startswith("def broken_masked_softmax")
    assert slow.startswith("def slow_step")


def test_where_the_notebook_is_missing_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shipped, "REPOSITORY", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"02-bahdanau.*exercise build bahdanau"):
        published.solved("bahdanau")
    with pytest.raises(ValueError, match="there is no exercise 'nonsense'"):
        published.solved("nonsense")


def test_no_two_questions_ask_for_one_name() -> None:
    """Where a notebook has lost all else, the names that it defines tell the question."""
    exercises = [registry.exercise(name) for name in registry.names()]
    names = [question.answer for exercise in exercises for question in exercise.questions]
    assert sorted(names) == sorted(set(names))
