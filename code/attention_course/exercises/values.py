"""What goes into an answer and what comes out of it: values that can cross to another process.

A value is a tensor, a number, a string, a truth value, None, or a list or dictionary of values.
Whatever else an answer returns is kept as `Foreign`, by the name of its type, so that
nothing of the learner's own is called when answers are compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from torch import Tensor

Value = Any  # Tensor | int | float | str | bool | None | Foreign | list[Value] | dict[str, Value]

# What a question's own functions may raise over a value that no honest run of its `ask` gives; a
# process that holds a hostile answer can send any value.
UPSET = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True)
class Foreign:
    """Something that is no value.

    Attributes:
        type_name: the name of its type.
        rows: of an array of NumPy, its rows as lists; else None.
    """

    type_name: str
    rows: list[Any] | None = None


@dataclass(frozen=True)
class Tolerance:
    """How far numbers may lie from the expected ones: absolute + relative · |expected|."""

    absolute: float = 1e-5
    relative: float = 1e-4

    def allows(self, given: Tensor, expected: Tensor) -> Tensor:
        """Where two tensors of one shape agree (bool); NaN agrees with NaN alone.

        Numbers of double precision must agree ten thousand times better than those of single
        precision, where the tolerance asks for more than rounding to a few decimals.
        """
        strict = expected.dtype == torch.float64 and self.absolute <= 1e-4
        scale = 1e-4 if strict else 1.0
        return torch.isclose(
            given.double(),
            expected.double(),
            rtol=self.relative * scale,
            atol=self.absolute * scale,
            equal_nan=True,
        )


def plain(thing: object) -> Value:
    """A copy of what an answer returned, with nothing in it but values.

    Tensors of any subclass become plain, contiguous tensors on the CPU without gradient; tuples
    become lists; keys of dictionaries become strings; fractions and decimals become floats. What is
    a value already is the same again.
    """
    kind = type(thing)
    if thing is None or kind in (bool, int, float, str):
        return thing
    if kind is Foreign:
        return Foreign(thing.type_name, plain(thing.rows))  # type: ignore[attr-defined]
    if kind in (Fraction, Decimal):
        return float(thing)  # type: ignore[arg-type]
    if issubclass(kind, Tensor):
        with torch._C.DisableTorchFunctionSubclass():  # a subclass cannot have its own say here
            dense = Tensor.to_dense(Tensor.detach(thing))  # type: ignore[arg-type]
            bare = Tensor.as_subclass(dense, Tensor)
        return bare.cpu().clone(memory_format=torch.contiguous_format)
    if issubclass(kind, (list, tuple)):
        return [plain(item) for item in thing]  # type: ignore[attr-defined]
    if issubclass(kind, dict):
        return {str(key): plain(item) for key, item in thing.items()}  # type: ignore[attr-defined]
    if kind.__module__ == "numpy" and getattr(thing, "shape", None) == ():
        return plain(thing.item())  # type: ignore[attr-defined]
    if kind is np.ndarray:
        return Foreign("ndarray", plain(thing.tolist()))  # type: ignore[attr-defined]
    return Foreign(kind.__name__)


def copied(value: Value) -> Value:
    """A copy that shares no memory with the value."""
    if isinstance(value, Tensor):
        return value.clone()
    if isinstance(value, list):
        return [copied(item) for item in value]
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


def identical(one: Value, other: Value) -> bool:
    """Whether two values are the same to the last bit (NaN equals NaN)."""
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        same = one == other
        if one.dtype.is_floating_point:
            same |= one.isnan() & other.isnan()
        return bool(same.all())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(identical(one[k], other[k]) for k in one)
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


def named(value: Value) -> str:
    """What a value is, in a word or two, for a hint."""
    if value is None:
        return "None"
    if isinstance(value, Tensor):
        return "a tensor"
    if isinstance(value, Foreign):
        return f"a value of type {value.type_name}"
    words = {bool: "a truth value", int: "a number", float: "a number", str: "a text"}
    words |= {list: "a list or tuple", dict: "a dictionary"}
    return words.get(type(value), f"a value of type {type(value).__name__}")
