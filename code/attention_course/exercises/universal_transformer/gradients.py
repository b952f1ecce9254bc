"""Goes back from what an answer returns to what it was made of; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value


def at_p(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(p, …)`` and returns what `_back` has, with the gradient at "p"."""
    p, *others = inputs.values()
    leaf = p.requires_grad_()
    return _back(answer(leaf.clone(), *others), {"p": leaf})  # an answer may work in place


def at_states_and_unit(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, h, …)`` and returns what `_back` has.

    The gradients are those at "h", and at "w" and "b", in the model the weight and the bias of the
    halting unit.
    """
    model, h, *others = inputs.values()
    leaves = {"h": h, "w": model["w"], "b": model["b"]}
    for leaf in leaves.values():
        leaf.requires_grad_()
    own = {name: leaf.clone() for name, leaf in leaves.items()}
    given = {name: own.get(name, matrix) for name, matrix in model.items()}
    return _back(answer(given, own["h"], *others), leaves)


def _back(result: object, leaves: Mapping[str, Tensor]) -> Value:
    """What was returned, and the gradients of the sum of its numbers.

    Returns:
        A dictionary: "result"; "gradients", by name; zeros where nothing comes back, and None where
        the result is no tensor that a gradient could come from.
    """
    if not isinstance(result, Tensor) or not result.is_floating_point():
        return {"result": result, "gradients": None}
    if not result.requires_grad:
        found = [torch.zeros_like(leaf) for leaf in leaves.values()]
    else:
        found = list(
            torch.autograd.grad(
                result.sum(), list(leaves.values()), allow_unused=True, materialize_grads=True
            )
        )
    return {"result": result, "gradients": dict(zip(leaves, found, strict=True))}
