"""Asks for the mean over all ways to look, of more and more of everything; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping

from attention_course.exercises.asking import Answer
from attention_course.exercises.counting import counted, repeated
from attention_course.exercises.values import Value

TIMES = 2  # how much larger each dimension is made, one after the other; there are L^T ways
DIMENSIONS = ("pictures", "words", "places")


def grown(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls the answer once with the inputs, and once each with more of everything.

    Args:
        answer: takes the inputs, in order.
        inputs: tensors of shape (B, T, L).

    Returns:
        What `counted` returns, for "pictures", "words" and "places" repeated `TIMES` times.
    """
    larger = {
        name: [repeated(part, dim, TIMES) for part in inputs.values()]
        for dim, name in enumerate(DIMENSIONS)
    }
    return counted(answer, list(inputs.values()), larger)
