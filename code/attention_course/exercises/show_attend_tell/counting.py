"""Asks for the mean over all ways to look, and counts the calls of PyTorch; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attention_course.exercises.asking import Answer
from attention_course.exercises.counting import Count, more_calls, repeated
from attention_course.exercises.values import Value

TIMES = 2  # how much larger each dimension is made, one after the other; there are L^T ways
DIMENSIONS = ("pictures", "words", "places")


def counted(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls the answer once with the inputs, and once each with more of everything.

    Args:
        answer: takes the inputs, in order.
        inputs: tensors of shape (B, T, L).

    Returns:
        A dictionary: "result", what the answer returned; "calls", how often it called PyTorch;
        "more", how many calls more it takes where the "pictures", "words" or "places" are
        repeated `TIMES` times, None where it fails then; "left", whether it took numbers out of
        PyTorch.
    """
    count = Count()
    with count:
        result: Any = answer(*inputs.values())
    larger = {
        name: [repeated(part, dim, TIMES) for part in inputs.values()]
        for dim, name in enumerate(DIMENSIONS)
    }
    more = more_calls(answer, count.calls, larger)
    return {"result": result, "calls": count.calls, "more": more, "left": count.left}
