"""Asks for all target words at once, and counts the calls of PyTorch; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attention_course.exercises.asking import Answer
from attention_course.exercises.counting import Count, more_calls, repeated
from attention_course.exercises.values import Value

TIMES = 4  # how much larger the batch, the target and the source are made, one after the other


def counted(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls the answer once with the inputs, and once each with more of everything.

    Args:
        answer: takes the inputs, in order.
        inputs: queries (B, T, n), annotations (B, S, n), mask (B, S), and matrices.

    Returns:
        A dictionary: "result", what the answer returned; "calls", how often it called PyTorch;
        "more", how many calls more it takes where the "sentences", "target words" or "source
        words" are repeated `TIMES` times, None where it fails then; "left", whether it took
        numbers out of PyTorch.
    """
    queries, annotations, mask, *matrices = inputs.values()
    count = Count()
    with count:
        result: Any = answer(queries, annotations, mask, *matrices)
    larger = {
        "sentences": [repeated(part, 0, TIMES) for part in (queries, annotations, mask)],
        "target words": [repeated(queries, 1, TIMES), annotations, mask],
        "source words": [queries, repeated(annotations, 1, TIMES), repeated(mask, 1, TIMES)],
    }
    more = more_calls(answer, count.calls, {k: [*parts, *matrices] for k, parts in larger.items()})
    return {"result": result, "calls": count.calls, "more": more, "left": count.left}
