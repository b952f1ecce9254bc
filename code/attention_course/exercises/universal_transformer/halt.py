"""universal_transformer.halt: p_1, …, R, 0, …; 1603.08983, Section 2.1; 1807.03819, Section 2.2."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import integers
from attention_course.exercises.question import Case, Draw, Question
from attention_course.exercises.universal_transformer.halt_answers import (
    cumulative,
    halting_weights,
    steps_last,
    word_by_word,
)
from attention_course.exercises.universal_transformer.halt_mistakes import MISTAKES
from attention_course.exercises.values import Value


def probabilities(
    steps: int, B: int, S: int, *, most: float = 0.6, dtype: torch.dtype = torch.float32
) -> Draw:
    """Words that halt at different steps, one of them with a probability above the threshold.

    All are multiples of 1/1024: their sums are exact in any order, and none is near the threshold.
    """

    def draw(generator: Generator) -> dict[str, Value]:
        p = integers(generator, 20, int(1024 * most), steps, B, S) / 1024
        p[1, 0, -1] = 960 / 1024
        return {"p": p.to(dtype), "threshold": 0.9}

    return draw


def _eighths(steps: int, B: int, S: int) -> Draw:
    """Multiples of 1/8, whose sums are exact; some words meet the threshold exactly."""

    def draw(generator: Generator) -> dict[str, Value]:
        p = integers(generator, 1, 5, steps, B, S) / 8
        p[:2, 0, 0] = torch.tensor([4 / 8, 2 / 8])
        p[:3, -1, -1] = torch.tensor([2 / 8, 1 / 8, 3 / 8])
        return {"p": p, "threshold": 0.75}

    return draw


QUESTION = Question(
    id="universal_transformer.halt",
    answer="halting_weights",
    title="Let each word halt",
    points=18,
    minutes=15,
    difficulty=3,
    kind="write",
    cases=(
        Case("several sentences", probabilities(5, 3, 4)),
        Case("sums that meet the threshold", _eighths(4, 2, 5)),
        Case("a batch of one", probabilities(6, 1, 7, most=0.4)),
        Case("too few steps", probabilities(2, 4, 3, most=0.4)),
        Case("equal sizes", probabilities(4, 4, 4)),
        Case("double precision", probabilities(7, 2, 3, most=0.35, dtype=torch.float64)),
    ),
    reference=halting_weights,
    mistakes=MISTAKES,
    alternatives={
        "without a loop": cumulative,
        "word by word": word_by_word,
        "the steps last": steps_last,
    },
    barred=(
        "attention_course.models.adaptive_computation",
        "attention_course.exercises.universal_transformer",
    ),
)
