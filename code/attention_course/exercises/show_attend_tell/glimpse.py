"""show_attend_tell.glimpse: ẑ = β Σ_i α_i a_i, with β = σ(f_β(h)), a single number; 1502.03044."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Draw, Question
from attention_course.exercises.show_attend_tell.glimpse_answers import (
    double_columns,
    gate_in_the_weights,
    glimpse,
    picture_by_picture,
)
from attention_course.exercises.show_attend_tell.glimpse_mistakes import MISTAKES
from attention_course.exercises.values import Value


def _inputs(pictures: int, places: int, D: int, n: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        return {
            "annotations": normal(generator, pictures, places, D, dtype=dtype),
            "weights": normal(generator, pictures, places, dtype=dtype).softmax(-1),
            "h": normal(generator, pictures, n, std=0.8, dtype=dtype),
            "w_beta": normal(generator, n, std=n**-0.5, dtype=dtype),
            "b_beta": 0.5 + normal(generator, 1, std=0.5, dtype=dtype).abs(),
        }

    return draw


QUESTION = Question(
    id="show_attend_tell.glimpse",
    answer="glimpse",
    title="Write a soft glimpse with its gate",
    points=10,
    minutes=10,
    difficulty=1,
    kind="write",
    cases=(
        Case("several pictures", _inputs(3, 6, 5, 4)),
        Case("a batch of one", _inputs(1, 4, 6, 3)),
        Case("equal sizes", _inputs(4, 4, 4, 4)),
        Case("double precision", _inputs(2, 5, 3, 6, torch.float64)),
    ),
    reference=glimpse,
    mistakes=MISTAKES,
    alternatives={
        "picture by picture": picture_by_picture,
        "the gate in the weights": gate_in_the_weights,
        "columns in double precision": double_columns,
    },
    barred=(
        "attention_course.models.show_attend_tell",
        "attention_course.exercises.show_attend_tell",
    ),
)
