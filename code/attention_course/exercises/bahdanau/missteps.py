"""bahdanau.step answered wrongly, in the ways that people do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from attention_course.exercises.bahdanau.incremental import Model, begun, context, one_word, step


def keys_each_time(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    s, keys = begun(model, annotations)
    return one_word(model, annotations, mask, token, s if state is None else state, keys)


def in_place(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    s, keys = begun(model, annotations) if state is None else state
    logits, s_next = one_word(model, annotations, mask, token, s, keys)
    s.copy_(s_next)
    return logits, (s, keys)


def state_not_renewed(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    state = begun(model, annotations) if state is None else state
    return step(model, annotations, mask, token, state)[0], state


def readout_from_the_new(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    s, keys = begun(model, annotations) if state is None else state
    logits, s_next = one_word(model, annotations, mask, token, s, keys)
    return logits + (s_next - s) @ model["U_o"].T, (s_next, keys)


def zero_start(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    if state is None:
        s, keys = begun(model, annotations)
        state = torch.zeros_like(s), keys
    return step(model, annotations, mask, token, state)


def other_start(
    made: Callable[[Tensor, Tensor], Tensor],
    model: Model,
    annotations: Tensor,
    mask: Tensor,
    token: Tensor,
    state: Any = None,
) -> tuple[Tensor, Any]:
    """s_0 of another vector than the first annotation: what is made of annotations and mask."""
    if state is None:
        _, keys = begun(model, annotations)
        state = torch.tanh(made(annotations, mask) @ model["W_s"].T), keys
    return step(model, annotations, mask, token, state)


def mean(annotations: Tensor, mask: Tensor) -> Tensor:
    return (annotations * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


def last_real(annotations: Tensor, mask: Tensor) -> Tensor:
    return annotations[torch.arange(len(mask)), mask.sum(1) - 1]


def log_probabilities(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    logits, state = step(model, annotations, mask, token, state)
    return logits.log_softmax(-1), state


def probabilities(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    logits, state = step(model, annotations, mask, token, state)
    return logits.softmax(-1), state


def no_mask(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    return step(model, annotations, torch.ones_like(mask), token, state)


def first_context_kept(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    if state is None:
        s, keys = begun(model, annotations)
        state = s, context(model, annotations, mask, s, keys)
    s, c = state
    y = model["E"][token]
    logits = s @ model["U_o"].T + y @ model["V_o"].T + c @ model["C_o"].T
    return logits, (torch.tanh(y @ model["W"].T + s @ model["U"].T + c @ model["C"].T), c)
