"""luong.local_p: a window around a position, and a Gaussian; 1508.04025, Equations (9) and (10)."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.luong.local_p_answers import (
    by_exponentials,
    by_sentence,
    double_transposed,
    local_p_weights,
    minus_infinity,
)
from attention_course.exercises.luong.local_p_mistakes import MISTAKES
from attention_course.exercises.question import Case, Draw, Question
from attention_course.exercises.values import Value


def _inputs(
    D: int,
    *lengths: int,
    width: int | None = None,
    edges: bool = False,
    dtype: torch.dtype = torch.float32,
) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths, width=width)
        z = normal(generator, len(lengths), std=0.8, dtype=dtype)
        if edges:  # by turns at the very beginning and at the very end
            z = torch.where(torch.arange(len(lengths)) % 2 == 0, -4 - z.abs(), 4 + z.abs())
        return {
            "scores": normal(generator, *mask.shape, dtype=dtype),
            "z": z,
            "D": D,
            "mask": mask,
        }

    return draw


QUESTION = Question(
    id="luong.local_p",
    answer="local_p_weights",
    title="Write the weights of local-p",
    points=18,
    minutes=20,
    difficulty=3,
    kind="write",
    cases=(
        Case("sentences of unequal length", _inputs(2, 11, 7, 9, 5)),
        Case("a batch of one", _inputs(3, 12)),
        Case("positions at the edges", _inputs(2, 9, 8, 6, 9, edges=True)),
        Case("a window wider than the sentence", _inputs(10, 6, 4, 3)),
        Case("as many sentences as words", _inputs(1, 6, 4, 5, 6, 3, 6)),
        Case("double precision", _inputs(2, 8, 10, dtype=torch.float64)),
    ),
    reference=local_p_weights,
    mistakes=MISTAKES,
    alternatives={
        "sentence by sentence": by_sentence,
        "minus infinity": minus_infinity,
        "double precision, transposed": double_transposed,
        "exponentials and a normal distribution": by_exponentials,
    },
    barred=(
        "attention_course.models.windows",
        "attention_course.models.luong",
        "attention_course.exercises.luong",
    ),
)
