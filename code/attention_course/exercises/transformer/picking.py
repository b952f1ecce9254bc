"""Asks for a loss and its gradient, of which one is judged; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import torch
from torch import Tensor

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value

BOTH = ("loss", "gradient")


class RecordedError(RuntimeError):
    """An operation was recorded, to go back through it."""


def one_of_both(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer`` with all inputs but "wanted", which says what of the pair is returned.

    No gradients are recorded meanwhile, and whoever has them recorded all the same gets no further:
    the answer is to work the gradient out.

    Returns:
        The loss or the gradient. A dictionary with nothing but "returned" where no pair comes back,
        or with nothing but "recorded" where an operation was recorded.
    """
    *given, wanted = inputs.values()
    try:
        with torch.no_grad(), torch.autograd.graph.saved_tensors_hooks(_refuse, _refuse):
            found: Any = answer(*given)
    except RuntimeError as error:
        # torch.func does not know such hooks, and says so
        if not isinstance(error, RecordedError) and "saved tensor hooks" not in str(error):
            raise
        return {"recorded": None}
    if isinstance(found, (tuple, list)) and len(found) == len(BOTH):
        return found[BOTH.index(wanted)]
    return {"returned": found}


def _refuse(tensor: Tensor) -> NoReturn:
    """In the place of what keeps a tensor for the way back."""
    raise RecordedError("the question asks for a gradient that is worked out")
