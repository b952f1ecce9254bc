"""Asks for all heads at once, of more and more of everything; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping

from attention_course.exercises.asking import Answer
from attention_course.exercises.counting import counted, repeated
from attention_course.exercises.values import Value

TIMES = 4  # how much larger the heads, the batch and both texts are made, one after the other


def grown(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls the answer once with the inputs, and once each with more of everything.

    Args:
        answer: takes the inputs, in order.
        inputs: queries (B, T, d), keys and values (B, S, d), W_O (d, n), and the number of heads.

    Returns:
        What `counted` returns, for "heads", "texts", "words that ask" and "words that are asked",
        `TIMES` times as many of each.
    """
    queries, *memory, W_O, heads = inputs.values()

    def more(dim: int) -> list[Value]:
        return [repeated(part, dim, TIMES) for part in (queries, *memory)]

    larger = {
        "heads": [*more(2), repeated(W_O, 0, TIMES), TIMES * heads],
        "texts": [*more(0), W_O, heads],
        "words that ask": [more(1)[0], *memory, W_O, heads],
        "words that are asked": [queries, *more(1)[1:], W_O, heads],
    }
    return counted(answer, list(inputs.values()), larger)
