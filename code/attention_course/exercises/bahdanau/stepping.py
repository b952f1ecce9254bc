"""Asks a decoder for one word after the other, and watches its state; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value


def in_turn(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, annotations, mask, token, state)`` for each column of the tokens.

    Args:
        answer: returns logits (B, V) and a state, which is put into the next call; the first
            call gets None.
        inputs: model (dictionary of tensors, with the matrix "U_a"), annotations (B, S, k),
            mask (B, S), tokens (B, T).

    Returns:
        A dictionary: "logits" of all words (B, T, V); "again", those of the second word asked
        for once more in the end, (B, V); "sizes", how many numbers the state holds after each
        word; "projections", how many products with U_a each word took. None where the answer
        returns no pair.
    """
    model, annotations, mask, tokens = inputs.values()
    logits, states, projections = [], [None], []
    for token in tokens.unbind(1):
        with _Uses(model["U_a"]) as uses:
            result = answer(model, annotations, mask, token, states[-1])
        if not (isinstance(result, (tuple, list)) and len(result) == 2):
            return None
        logits.append(result[0])
        states.append(result[1])
        projections.append(uses.count)
    again = answer(model, annotations, mask, tokens[:, 1], states[1])[0]  # type: ignore[index]
    return {
        "logits": torch.stack(logits, 1),
        "again": again,
        "sizes": [_numbers(state) for state in states[1:]],
        "projections": projections,
    }


class _Uses(TorchFunctionMode):
    """Counts the products with a matrix: operations on it that give something of another size."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        self.memory = matrix.untyped_storage().data_ptr()
        self.size = matrix.numel()
        self.count = 0

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> object:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.numel() != self.size:
            self.count += any(map(self._is_matrix, _flat([args, kwargs or {}])))
        return result

    def _is_matrix(self, thing: object) -> bool:
        return isinstance(thing, Tensor) and thing.untyped_storage().data_ptr() == self.memory


def _flat(thing: object) -> list[object]:
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, (list, tuple)):
        return [leaf for item in thing for leaf in _flat(item)]
    return [thing]


def _numbers(state: object) -> int:
    """How many numbers a state holds, whatever it is made of."""
    if isinstance(state, Tensor):
        return state.numel()
    if hasattr(state, "__dict__"):
        state = vars(state)
    if isinstance(state, dict):
        state = list(state.values())
    if isinstance(state, (list, tuple, set)):
        return sum(map(_numbers, state))
    return 1
