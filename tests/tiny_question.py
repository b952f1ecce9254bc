"""A question as small as can be, and answers to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from attention_course.exercises import checking, registry
from attention_course.exercises.judging import examine
from attention_course.exercises.question import Case, Exercise, Mistake, Question
from torch import Generator, Tensor

Draw = Callable[[Generator], dict[str, object]]


def numbers(*shape: int, dtype: torch.dtype = torch.float32) -> Draw:
    return lambda generator: {"x": torch.randn(*shape, generator=generator).to(dtype)}


def double(**changes: object) -> Question:
    """A question: twice the input, x (2, 3) or (1, 3)."""
    settings: dict[str, object] = {
        "id": "tiny.double",
        "answer": "double",
        "title": "Double it",
        "points": 10,
        "minutes": 1,
        "difficulty": 1,
        "kind": "write",
        "cases": (Case("two rows", numbers(2, 3)), Case("one row", numbers(1, 3))),
        "reference": lambda x: 2 * x,
        "mistakes": (
            Mistake("triple", "that is three times the input", lambda x: 3 * x),
            Mistake("square", "that is the square", lambda x: x * x),
            Mistake("first row", "only the first row", lambda x: 2 * x[:1].expand_as(x)),
        ),
    }
    return Question(**(settings | changes))  # type: ignore[arg-type]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Question:
    """The question above, where `check` finds it."""
    exercise = Exercise(9, "tiny", "Tiny", (double(),))
    monkeypatch.setattr(registry, "names", lambda: ["tiny"])
    monkeypatch.setattr(registry, "exercise", lambda name: exercise)
    monkeypatch.setattr(checking, "_verdicts", {})
    monkeypatch.setattr(checking, "_keys", {})
    return exercise.questions[0]


def line(answer: Callable[..., object]) -> str:
    return examine(double(), answer, 0).line


def raising(error: BaseException) -> Callable[..., object]:
    def answer(x: Tensor) -> Tensor:
        raise error

    return answer


def in_place(x: Tensor) -> Tensor:
    return x.mul_(2)


class Odd(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")
