"""self_attention.attend: softmax(Q Kᵀ / √d_k) V under a mask; 1706.03762, Equation (1)."""

from __future__ import annotations

import math

import torch
from torch import Generator

from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.drawing import integers, normal
from attention_course.exercises.question import Case, Draw, Inputs, Question
from attention_course.exercises.self_attention.attend_answers import (
    additive,
    attention,
    double_transposed,
    exponentials,
    nan_replaced,
    word_by_word,
)
from attention_course.exercises.self_attention.attend_mistakes import MISTAKES
from attention_course.exercises.self_attention.going_back import with_gradients
from attention_course.exercises.values import Tolerance, Value


def _inputs(
    batch: int,
    heads: int,
    asking: int,
    asked: int,
    d_k: int,
    d_v: int,
    *,
    empty: bool = False,
    dtype: torch.dtype = torch.float32,
) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = torch.rand(batch, 1, asking, asked, generator=generator) < 0.6
        # in each row one that may be looked at, and one that may not
        first = integers(generator, 0, asked, batch, 1, asking, 1)
        mask = mask.scatter(-1, first, True).scatter(-1, (first + 1) % asked, False)
        if empty:
            mask[:, :, integers(generator, 0, asking, 1)] = False
        # every score has a variance of about 4 before the division: nothing saturates
        std = (4 / d_k) ** 0.25
        return {
            "query": normal(generator, batch, heads, asking, d_k, std=std, dtype=dtype),
            "key": normal(generator, batch, heads, asked, d_k, std=std, dtype=dtype),
            "value": normal(generator, batch, heads, asked, d_v, dtype=dtype),
            "mask": mask,
        }

    return draw


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """The same vectors, and the same gradients back to queries, keys and values."""
    problem = compare(given["result"], expected["result"], inputs, tolerance)
    if problem is not None:
        return problem
    back, right = given["gradients"], expected["gradients"]
    if back is None or right is None:
        if back is right:
            return None
        return Problem(
            Rank.NUMBERS,
            "your numbers are right, but no gradient comes back through your function: with "
            "operations of PyTorch alone, and without detach, it can be trained",
        )
    if compare(back, right, inputs, tolerance) is None:
        return None
    nowhere = any(math.isnan(float(gradient.sum())) for gradient in back.values())
    what = "NaN" if nowhere else "not right"
    return Problem(
        Rank.NUMBERS, f"your numbers are right, but the gradients that come back are {what}"
    )


QUESTION = Question(
    id="self_attention.attend",
    answer="attention",
    title="Write attention with a mask",
    points=16,
    minutes=12,
    difficulty=2,
    kind="write",
    cases=(
        Case("several heads", _inputs(2, 3, 4, 5, 6, 7)),
        Case("a word that may look nowhere", _inputs(3, 2, 5, 4, 3, 6, empty=True)),
        Case("a single text and head", _inputs(1, 1, 3, 6, 5, 2)),
        Case("equal sizes", _inputs(4, 4, 4, 4, 4, 4, empty=True)),
        Case("double precision", _inputs(2, 2, 3, 5, 8, 4, empty=True, dtype=torch.float64)),
    ),
    reference=attention,
    mistakes=MISTAKES,
    alternatives={
        "exponentials": exponentials,
        "minus infinity, NaN replaced": nan_replaced,
        "word by word": word_by_word,
        "double precision, transposed": double_transposed,
        "a number added": additive,
    },
    ask=with_gradients,
    judge=judge,
    barred=(
        "attention_course.models.masks",
        "attention_course.models.self_attention",
        "attention_course.models.transformer",
        "attention_course.exercises.self_attention",
        "torch.nn.functional.scaled_dot_product_attention",
        "torch.nn.functional.multi_head_attention_forward",
        "torch.nn.MultiheadAttention",
    ),
)
