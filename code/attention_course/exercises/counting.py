"""Counts how often an answer calls PyTorch, and how that grows; holds no reference.

The counts are for hints. They are made in the process of the answer, which can lead them astray, so
what holds is what the answer costs where there is very much of something: `largely` has it run, and
whoever judges it sees the CPU time and the numbers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value

LEAVING = frozenset({"tolist", "numpy", "__array__"})  # what follows these cannot be counted


class Count(TorchFunctionMode):
    """Counts the calls of PyTorch's functions and methods while it is entered.

    Attributes:
        calls: how many there were.
        left: whether numbers were taken out of PyTorch.
        widest: how many numbers the largest tensor holds that came of a call.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls, self.left, self.widest = 0, False, 0

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        self.calls += 1
        self.left |= getattr(func, "__name__", "") in LEAVING
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor):
            with torch._C.DisableTorchFunction():
                self.widest = max(self.widest, result.numel())
        return result


def counted(
    answer: Answer, inputs: Sequence[Value], larger: Mapping[str, Sequence[Value]]
) -> dict[str, Value]:
    """Calls the answer with the inputs, and once with each of some in which something is larger.

    Returns:
        A dictionary: "result", what the answer returned; "calls", how often it called PyTorch;
        "more", by the names of the larger inputs how many calls more it takes, and "wider", how
        many times as many numbers its largest tensor holds, None where it fails then; "left",
        whether it took numbers out of PyTorch.
    """
    with Count() as count:
        result: Any = answer(*inputs)
    more: dict[str, int | None] = dict.fromkeys(larger)
    wider: dict[str, float | None] = dict.fromkeys(larger)
    for name, some in larger.items():
        # sizes that were equal by chance no longer are
        with contextlib.suppress(Exception), Count() as again:
            answer(*some)
            more[name] = again.calls - count.calls
            wider[name] = again.widest / max(count.widest, 1)
    return {
        "result": result,
        "calls": count.calls,
        "more": more,
        "wider": wider,
        "left": count.left,
    }


def largely(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls the answer with inputs in which there is very much of something.

    Args:
        answer: takes inputs, in order; returns a tensor.
        inputs: "all", a list of inputs for a call each; the first of them is a tensor of
            floating-point numbers.

    Returns:
        For each call a dictionary: "result", and "gradient", that of its sum with respect to the
        first of the inputs; None where no gradient goes back to it.
    """
    return [_with_gradient(answer, *each.values()) for each in inputs["all"]]


def _with_gradient(answer: Answer, first: Tensor, *others: Value) -> dict[str, Value]:
    leaf = first.clone().requires_grad_()
    result: Any = answer(leaf.clone(), *others)
    gradient = None
    if result.requires_grad:
        (gradient,) = torch.autograd.grad(result.sum(), leaf, allow_unused=True)
    return {"result": result, "gradient": gradient}


def repeated(part: Tensor, dim: int, count: int) -> Tensor:
    """The tensor so many times in a row."""
    times = [1] * part.dim()
    times[dim] = count
    return part.repeat(times)
