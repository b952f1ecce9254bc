"""Gives a search a small model to decode with, and counts how often it asks; no reference here."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value


class EndlessError(RuntimeError):
    """Ends a search that would not end by itself."""


def decode(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(step, state, max_length)``.

    Args:
        answer: returns the tokens of each sentence.
        inputs: state (B, n), E (V, n), U (n, n), W_o (V, n), max_length.

    Returns:
        A dictionary: "tokens", what the answer returned, "calls", how often it called step, and
        "endless", whether it was stopped, since it called step ten times more often than writing
        the sentences one by one can take; then "tokens" is None.
    """
    calls = 0
    bound = 10 * len(inputs["state"]) * (inputs["max_length"] + 1)

    def step(token: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """(B,) int64 and (B, n) to logits (B, V) and the next state (B, n)."""
        nonlocal calls
        calls += 1
        if calls > bound:
            raise EndlessError(f"step was called more than {bound} times")
        state = torch.tanh(inputs["E"][token] + state @ inputs["U"].T)
        return state @ inputs["W_o"].T, state

    tokens = None
    with contextlib.suppress(EndlessError):
        tokens = answer(step, inputs["state"], inputs["max_length"])
    return {"tokens": tokens, "calls": calls, "endless": calls > bound}
