"""Gives a search a small model to decode with, and counts how often it asks; no reference here."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value


def decode(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(step, state, max_length)``.

    Args:
        answer: returns the tokens of each sentence.
        inputs: state (B, n), E (V, n), U (n, n), W_o (V, n), max_length.

    Returns:
        A dictionary: "tokens", what the answer returned, and "calls", how often it called step.
    """
    calls = 0

    def step(token: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """(B,) int64 and (B, n) to logits (B, V) and the next state (B, n)."""
        nonlocal calls
        calls += 1
        state = torch.tanh(inputs["E"][token] + state @ inputs["U"].T)
        return state @ inputs["W_o"].T, state

    tokens = answer(step, inputs["state"], inputs["max_length"])
    return {"tokens": tokens, "calls": calls}
