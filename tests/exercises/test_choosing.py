"""Questions in which an answer chooses a model and trains it: what is said where none comes."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import examine
from attention_course.exercises.luong import train as of_luong
from attention_course.exercises.self_attention import train as of_self_attention
from attention_course.exercises.transformer import train as of_transformer
from torch import nn

MakeModel = Callable[[str], nn.Module]
# A choice that is one, one that is not, and what is said of it.
CHOICES = {
    of_luong: ("global", "local", "window is 'local', expected 'global' or 'local-m' or 'local-p'"),
    of_self_attention: (
        "sinusoidal",
        "sine",
        "positions is 'sine', expected 'sinusoidal' or 'learned' or 'none'",
    ),
    of_transformer: ("sinusoidal", "sines", "positions is 'sines', expected 'sinusoidal' or"),
}
each = pytest.mark.parametrize(
    "question", CHOICES, ids=lambda module: module.__name__.split(".")[2]
)


@pytest.fixture(autouse=True)
def few_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in CHOICES:
        monkeypatch.setattr(module, "SENTENCES", 64)


@each
@pytest.mark.parametrize("made", [True, False])
@pytest.mark.parametrize("returned", [None, 3, "sinusoidal"])
def test_a_training_that_returns_no_model_is_told_so(
    question: ModuleType, made: bool, returned: object
) -> None:
    def lost(make_model: MakeModel, batches: Any) -> object:
        if made:
            make_model(CHOICES[question][0])
        return returned

    line = examine(question.QUESTION, lost, SEED).line
    assert "has to return the model that it had made and has trained" in line


@each
def test_an_unknown_choice_is_named(question: ModuleType) -> None:
    _, unknown, message = CHOICES[question]

    def answer(make_model: MakeModel, batches: Any) -> nn.Module:
        return make_model(unknown)

    assert message in examine(question.QUESTION, answer, SEED).line
