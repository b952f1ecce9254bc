"""transformer.cache: a step of self-attention with keys and values that are kept."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.drawing import integers, normal
from attention_course.exercises.question import Case, Draw, Inputs, Question
from attention_course.exercises.transformer.cache_answers import (
    einsum,
    head_by_head,
    step,
    torch_attention,
)
from attention_course.exercises.transformer.cache_mistakes import MISTAKES
from attention_course.exercises.transformer.stepping import in_beams
from attention_course.exercises.values import Tolerance, Value

FURTHER = 2  # words of each beam


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Equal tensors; of whoever does not return three, that is said."""
    if isinstance(given, dict) and "returned" in given:
        return Problem(
            Rank.NOTHING,
            "your function has to return three tensors: what the word gathers, the keys, the "
            "values",
        )
    return compare(given, expected, inputs, tolerance)


def _inputs(
    batch: int,
    words: int,
    heads: int,
    d_k: int,
    beams: int,
    *,
    dtype: torch.dtype = torch.float32,
) -> Draw:
    d = heads * d_k

    def draw(generator: Generator) -> dict[str, Value]:
        matrices = {
            name: normal(generator, d, d, std=d**-0.5, dtype=dtype)
            for name in ("W_Q", "W_K", "W_V", "W_O")
        }
        return {
            "words": normal(generator, batch, words, d, std=1.3, dtype=dtype),
            "rows": integers(generator, 0, batch, beams),
            "one": normal(generator, beams, FURTHER, d, std=1.3, dtype=dtype),
            "other": normal(generator, beams, FURTHER, d, std=1.3, dtype=dtype),
            **matrices,
            "heads": heads,
        }

    return draw


QUESTION = Question(
    id="transformer.cache",
    answer="cached_step",
    title="Keep keys and values",
    points=16,
    minutes=15,
    difficulty=3,
    kind="write",
    cases=(
        Case("several sentences", _inputs(3, 5, 2, 4, 4)),
        Case("one sentence and its beams", _inputs(1, 4, 3, 2, 5)),
        Case("a single head", _inputs(2, 4, 1, 5, 3)),
        Case("equal sizes", _inputs(2, 3, 2, 2, 2)),
        Case("double precision", _inputs(2, 3, 3, 4, 3, dtype=torch.float64)),
    ),
    reference=step,
    mistakes=MISTAKES,
    alternatives={
        "einsum, not contiguous": einsum,
        "torch's attention": torch_attention,
        "head by head, double precision": head_by_head,
    },
    ask=in_beams,
    judge=judge,
    barred=(
        "torch.nn.MultiheadAttention",
        "torch.nn.functional.multi_head_attention_forward",
        "attention_course.models.self_attention.Memory",
        "attention_course.models.self_attention.MultiHeadAttention",
        "attention_course.models.transformer",
        "attention_course.models.transformer_layers",
        "attention_course.exercises.transformer",
    ),
)
