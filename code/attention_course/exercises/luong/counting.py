"""Asks for all target words at once, of more and more of everything; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping

from attention_course.exercises.asking import Answer
from attention_course.exercises.counting import counted, repeated
from attention_course.exercises.values import Value

TIMES = 4  # how much larger the batch, the target and the source are made, one after the other


def grown(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls the answer once with the inputs, and once each with more of everything.

    Args:
        answer: takes the inputs, in order.
        inputs: queries (B, T, n), annotations (B, S, n), mask (B, S), and matrices.

    Returns:
        What `counted` returns, for "sentences", "target words" and "source words" repeated
        `TIMES` times.
    """
    queries, annotations, mask, *matrices = inputs.values()
    larger = {
        "sentences": [repeated(part, 0, TIMES) for part in (queries, annotations, mask)],
        "target words": [repeated(queries, 1, TIMES), annotations, mask],
        "source words": [queries, repeated(annotations, 1, TIMES), repeated(mask, 1, TIMES)],
    }
    larger = {name: [*parts, *matrices] for name, parts in larger.items()}
    return counted(answer, list(inputs.values()), larger)
