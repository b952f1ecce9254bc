"""A small decoder without gates and maxout: the version that runs the prefix, and the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from attention_course.exercises.bahdanau.masked_softmax_answers import masked_softmax

Model = Mapping[str, Tensor]


def slow_step(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, prefix: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """The version that a learner is given: its state is the prefix, and it runs all of it."""
    if prefix is None:
        prefix = token.new_empty(len(token), 0)
    prefix = torch.cat([prefix, token[:, None]], dim=1)  # (B, t)
    s = torch.tanh(annotations[:, 0] @ model["W_s"].T)  # s_0 (B, n)
    for word in prefix.T:
        keys = annotations @ model["U_a"].T  # (B, S, A)
        scores = torch.tanh((s @ model["W_a"].T)[:, None] + keys) @ model["v_a"]  # (B, S)
        c = (masked_softmax(scores, mask)[:, None] @ annotations)[:, 0]  # c_i (B, k)
        y = model["E"][word]  # (B, m)
        logits = s @ model["U_o"].T + y @ model["V_o"].T + c @ model["C_o"].T  # (B, V)
        s = torch.tanh(y @ model["W"].T + s @ model["U"].T + c @ model["C"].T)  # s_i (B, n)
    return logits, prefix


def step(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    """The reference; its state is s_i (B, n) and the keys U_a h_j (B, S, A)."""
    s, keys = begun(model, annotations) if state is None else state
    logits, s_next = one_word(model, annotations, mask, token, s, keys)
    return logits, (s_next, keys)


def begun(model: Model, annotations: Tensor) -> tuple[Tensor, Tensor]:
    s = torch.tanh(annotations[:, 0] @ model["W_s"].T)
    return s, annotations @ model["U_a"].T


def context(model: Model, annotations: Tensor, mask: Tensor, s: Tensor, keys: Tensor) -> Tensor:
    scores = torch.tanh((s @ model["W_a"].T)[:, None] + keys) @ model["v_a"]
    return (masked_softmax(scores, mask)[:, None] @ annotations)[:, 0]


def one_word(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, s: Tensor, keys: Tensor
) -> tuple[Tensor, Tensor]:
    c = context(model, annotations, mask, s, keys)
    y = model["E"][token]
    s_next = torch.tanh(y @ model["W"].T + s @ model["U"].T + c @ model["C"].T)
    return s @ model["U_o"].T + y @ model["V_o"].T + c @ model["C_o"].T, s_next
