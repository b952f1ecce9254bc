"""Asks for all target words at once, and counts the calls of PyTorch; holds no reference."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value

TIMES = 4  # how much larger the batch, the target and the source are made, one after the other
LEAVING = frozenset({"tolist", "numpy", "__array__"})  # what follows these cannot be counted


def counted(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls the answer once with the inputs, and once each with more of everything.

    Args:
        answer: takes the inputs, in order.
        inputs: queries (B, T, n), annotations (B, S, n), mask (B, S), and matrices.

    Returns:
        A dictionary: "result", what the answer returned; "calls", how often it called PyTorch;
        "more", how many calls more it takes where the "sentences", "target words" or "source
        words" are repeated `TIMES` times, None where it fails then; "left", whether it took
        numbers out of PyTorch.
    """
    queries, annotations, mask, *matrices = inputs.values()
    count = _Count()
    with count:
        result: Any = answer(queries, annotations, mask, *matrices)
    larger = {
        "sentences": [_repeated(part, 0) for part in (queries, annotations, mask)],
        "target words": [_repeated(queries, 1), annotations, mask],
        "source words": [queries, _repeated(annotations, 1), _repeated(mask, 1)],
    }
    more: dict[str, int | None] = dict.fromkeys(larger)
    for name, parts in larger.items():
        # sizes that were equal by chance no longer are
        with contextlib.suppress(Exception), _Count() as again:
            answer(*parts, *matrices)
            more[name] = again.calls - count.calls
    return {"result": result, "calls": count.calls, "more": more, "left": count.left}


def _repeated(part: Tensor, dim: int) -> Tensor:
    """The tensor `TIMES` times in a row."""
    times = [1] * part.dim()
    times[dim] = TIMES
    return part.repeat(times)


class _Count(TorchFunctionMode):
    """Counts the calls of PyTorch's functions and methods while it is entered."""

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
