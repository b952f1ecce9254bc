"""bahdanau.step answered rightly, written otherwise than the reference."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from attention_course.exercises.bahdanau.incremental import Model, begun, one_word, step


def dictionary(
    model: Model,
    annotations: Tensor,
    mask: Tensor,
    token: Tensor,
    state: dict[str, Tensor] | None = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """The state as a dictionary, products by einsum and linear."""
    if state is None:
        s = torch.tanh(torch.nn.functional.linear(annotations[:, 0], model["W_s"]))
        state = {"s": s, "keys": torch.einsum("bsk,ak->bsa", annotations, model["U_a"])}
    logits, s = one_word(model, annotations, mask, token, state["s"], state["keys"])
    return logits, {**state, "s": s}


def double(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    model = {name: weight.double() for name, weight in model.items()}
    return step(model, annotations.double(), mask, token, state)


def carried(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    """All that does not change is in the state too; logits not contiguous."""
    if state is None:
        state = [*begun(model, annotations), annotations, mask]
    s, keys, annotations, mask = state
    logits, s = one_word(model, annotations, mask, token, s, keys)
    return logits.T.contiguous().T, [s, keys, annotations, mask]


def arrays(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    """The state as arrays of NumPy."""
    inside = None if state is None else tuple(map(torch.from_numpy, state))
    logits, state = step(model, annotations, mask, token, inside)
    return logits, tuple(part.numpy() for part in state)
