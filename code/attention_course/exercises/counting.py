"""Counts how often an answer calls PyTorch, and how that grows; holds no reference."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

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
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls, self.left = 0, False

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        self.calls += 1
        self.left |= getattr(func, "__name__", "") in LEAVING
        return func(*args, **(kwargs or {}))


def more_calls(
    answer: Answer, calls: int, larger: Mapping[str, Sequence[Value]]
) -> dict[str, int | None]:
    """How many calls more than so many an answer takes with each of some inputs; None: it fails."""
    more: dict[str, int | None] = dict.fromkeys(larger)
    for name, inputs in larger.items():
        # sizes that were equal by chance no longer are
        with contextlib.suppress(Exception), Count() as again:
            answer(*inputs)
            more[name] = again.calls - calls
    return more


def repeated(part: Tensor, dim: int, count: int) -> Tensor:
    """The tensor so many times in a row."""
    times = [1] * part.dim()
    times[dim] = count
    return part.repeat(times)
