"""Asks self-attention for one word after the other, and in beams; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value


def in_beams(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(x, keys, values, W_Q, W_K, W_V, W_O, heads)`` for each word in turn.

    Args:
        answer: returns what the word x (B, d) gathers (B, d), and keys and values (B, H, t, d_k)
            with those of x, which are put into the next call; the first call gets t = 0.
        inputs: words (B, T, d); rows (R,) int64, the sentences that go on, in beams; one and other
            (R, K, d), two ways in which they go on; four matrices (d, d); heads.

    Returns:
        A dictionary: "words" (B, T, d), what the words gather; "keys" and "values", those kept
        then; "beams" and "other beams" (R, K, d), what the words of both ways gather, each way
        from the keys and values that were kept then. With nothing but "returned" where three
        tensors do not come back: what came.
    """
    words, rows, one, other, *rest = inputs.values()
    heads = rest[-1]
    size = len(words), heads, 0, words.shape[2] // heads
    found = _go_on(answer, words, words.new_zeros(size), words.new_zeros(size), rest)
    if isinstance(found, dict):
        return found
    gathered, keys, values = found
    kept = {"words": gathered, "keys": keys, "values": values}
    keys, values = keys[rows], values[rows]  # copies, which both ways share
    for name, further in {"beams": one, "other beams": other}.items():
        found = _go_on(answer, further, keys, values, rest)
        if isinstance(found, dict):
            return found
        kept[name] = found[0]
    return kept


def _go_on(
    answer: Answer, words: Tensor, keys: Tensor, values: Tensor, rest: list[Value]
) -> tuple[Tensor, Tensor, Tensor] | dict[str, Value]:
    gathered = []
    for x in words.unbind(1):
        found: Any = answer(x, keys, values, *rest)
        if not _three_tensors(found):
            return {"returned": found}
        out, keys, values = found
        gathered.append(out)
    return torch.stack(gathered, dim=1), keys, values


def _three_tensors(found: Any) -> bool:
    return (
        isinstance(found, (tuple, list))
        and len(found) == 3
        and all(isinstance(part, Tensor) for part in found)
    )
