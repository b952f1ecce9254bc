"""Asks for a loss and its gradient, of which one is judged; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value

BOTH = ("loss", "gradient")


def one_of_both(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer`` with all inputs but "wanted", which says what of the pair is returned.

    No gradients are recorded meanwhile: the answer is to work them out.

    Returns:
        The loss or the gradient. A dictionary with nothing but "returned" where no pair comes back.
    """
    *given, wanted = inputs.values()
    with torch.no_grad():
        found: Any = answer(*given)
    if isinstance(found, (tuple, list)) and len(found) == len(BOTH):
        return found[BOTH.index(wanted)]
    return {"returned": found}
