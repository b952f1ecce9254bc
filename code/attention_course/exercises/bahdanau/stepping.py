"""Asks a decoder for one word after the other, and again from its states; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.handing import packed, unpacked
from attention_course.exercises.values import Value


def in_turn(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, annotations, mask, token, state)`` for each column of the tokens.

    Args:
        answer: returns logits (B, V) and a state, which is put into the next call; the first
            call gets None.
        inputs: model (dictionary of tensors), annotations (B, S, k), mask (B, S), tokens (B, T).

    Returns:
        A dictionary: "logits" of all words (B, T, V); "again", those of the second word asked
        for once more after another sentence has begun, (B, V); "states", what was kept after each
        word, as `packed` writes it down. None where the answer returns no pair, and a dictionary
        with nothing but "head" where the first of the pair cannot be logits: that thing.
    """
    model, annotations, mask, tokens = inputs.values()
    logits: list[Tensor] = []
    states: list[Value] = []
    state = second = None
    for token in tokens.unbind(1):
        result = answer(model, annotations, mask, token, state)
        if not (isinstance(result, (tuple, list)) and len(result) == 2):
            return None
        first, state = result
        if not isinstance(first, Tensor) or (logits and first.shape != logits[0].shape):
            return {"head": first}
        second = second if logits else state
        logits.append(first)
        states.append(packed(state))
    # what an answer keeps elsewhere than in its state is that of another sentence from here on
    answer(model, annotations.flip(1), mask, tokens[:, 0], None)
    again: Any = answer(model, annotations, mask, tokens[:, 1], second)
    return {"logits": torch.stack(logits, 1), "again": again[0], "states": states}


def onwards(answer: Answer, inputs: Mapping[str, Value]) -> Tensor:
    """Decodes from each of some states that were written down.

    Args:
        answer: as for `in_turn`.
        inputs: model, annotations (B, S, k), mask (B, S), tokens (B, K), and N states.

    Returns:
        Logits (N, B, K, V).
    """
    model, annotations, mask, tokens, states = inputs.values()
    rows: list[Tensor] = []
    logits: Tensor
    for state in map(unpacked, states):
        for token in tokens.unbind(1):
            logits, state = answer(model, annotations, mask, token, state)  # type: ignore[misc]
            rows.append(logits)
    together = torch.stack(rows, 1)  # (B, N·K, V)
    return together.unflatten(1, (len(states), -1)).movedim(1, 0)
