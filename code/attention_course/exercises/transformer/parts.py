"""Hands an answer a part of a layer as a function; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value


def with_part(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(x, part, order, gain, bias)``.

    Args:
        answer: puts what belongs around a part.
        inputs: x (B, T, d), order, gain (d,), bias (d,), and the matrices W_1 (d, d_ff) and W_2
            (d_ff, d), of which the part is made.
    """
    x, order, gain, bias, W_1, W_2 = inputs.values()

    def part(y: Tensor) -> Tensor:
        out: Tensor = (y @ W_1).relu() @ W_2
        return out

    return answer(x, part, order, gain, bias)
