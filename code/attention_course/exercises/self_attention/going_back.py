"""Calls an answer and takes gradients of what it returns; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value


def with_gradients(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(query, key, value, mask)`` and goes back from the sum of what it returns.

    Returns:
        A dictionary: "result", and "gradients", those with respect to query, key and value by
        name; None where no gradient goes back to any of them.
    """
    *vectors, mask = inputs.values()
    leaves = [tensor.requires_grad_() for tensor in vectors]
    # not the leaves themselves: an answer may work in place
    result = answer(*(leaf.clone() for leaf in leaves), mask)
    if not isinstance(result, Tensor) or not result.requires_grad:
        return {"result": result, "gradients": None}
    found = torch.autograd.grad(result.sum(), leaves, allow_unused=True, materialize_grads=True)
    return {"result": result, "gradients": dict(zip(inputs, found, strict=False))}
