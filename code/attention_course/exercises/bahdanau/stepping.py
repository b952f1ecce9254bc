"""Asks a decoder for one word after the other, and watches its state; holds no reference."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Tolerance, Value, copied


def in_turn(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, annotations, mask, token, state)`` for each column of the tokens.

    Args:
        answer: returns logits (B, V) and a state, which is put into the next call; the first
            call gets None.
        inputs: model (dictionary of tensors, with the matrix "U_a"), annotations (B, S, k),
            mask (B, S), tokens (B, T).

    Returns:
        A dictionary: "logits" of all words (B, T, V); "again", those of the second word asked
        for once more after another sentence has begun, (B, V); "sizes", how many numbers the state
        holds after each word; "projects", whether the logits are others when U_a is taken away
        after the first word. None where the answer returns no pair, and a dictionary with nothing
        but "first" where the first of the pair cannot be logits: that thing.
    """
    model, annotations, mask, tokens = inputs.values()
    logits: list[Tensor] = []
    states: list[Any] = [None]
    for token in tokens.unbind(1):
        result = answer(model, annotations, mask, token, states[-1])
        if not (isinstance(result, (tuple, list)) and len(result) == 2):
            return None
        first, state = result
        if not isinstance(first, Tensor) or (logits and first.shape != logits[0].shape):
            return {"first": first}
        logits.append(first)
        states.append(state)
    together = torch.stack(logits, 1)
    # what an answer keeps elsewhere than in its state is that of another sentence from here on
    answer(model, annotations.flip(1), mask, tokens[:, 0], None)
    again = answer(model, annotations, mask, tokens[:, 1], states[1])[0]  # type: ignore[index]
    return {
        "logits": together,
        "again": again,
        "sizes": [_numbers(state) for state in states[1:]],
        "projects": _projects(answer, inputs, together),
    }


def _projects(answer: Answer, inputs: Mapping[str, Value], logits: Tensor) -> bool:
    """Whether an answer needs U_a after the first word, in whatever way it reads it.

    The matrix is overwritten with NaN in place, so that one kept in the state is gone too.
    """
    model, annotations, mask, tokens = (copied(value) for value in inputs.values())
    state: Any = None
    for token, before in zip(tokens.unbind(1), logits.unbind(1), strict=True):
        try:
            result: Any = answer(model, annotations, mask, token, state)
            now, state = result
            if not Tolerance().allows(now, before).all():
                return True
        except Exception:  # an answer that looks for NaN itself
            return True
        model["U_a"].fill_(torch.nan)
    return False


def _numbers(state: object) -> int:
    """How many numbers a state holds, whatever it is made of; a letter counts as one."""
    if isinstance(state, Tensor):
        return state.numel()
    if isinstance(state, np.ndarray):
        return state.size
    if isinstance(state, (str, bytes)):
        return len(state)
    names = [name for kind in type(state).__mro__ for name in vars(kind).get("__slots__", ())]
    parts = [getattr(state, name, None) for name in {*names, *getattr(state, "__dict__", ())}]
    if isinstance(state, Mapping):
        parts.extend(state.values())
    elif isinstance(state, Collection):
        parts.extend(state)
    elif not parts:
        return 1
    return sum(map(_numbers, parts))
