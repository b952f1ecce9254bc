"""Hands what an answer keeps for its next call on to another process, as a value.

A value has no tuples, arrays or objects; here they are written down as dictionaries with one key
that says what they are: ``(1, x)`` as ``{"tuple": [1, x]}``. Nothing in it runs when it is read.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attention_course.exercises.values import Tolerance, Value, plain

KINDS = (
    "tensors, NumPy arrays, numbers, texts and None, and of tuples, lists, dictionaries, named "
    "tuples and dataclasses of them"
)


def packed(thing: object) -> Value:
    """Writes a thing down; whatever is not made of `KINDS` stands there as unknown.

    Of a named tuple and a dataclass the class goes by its name, which has to be found in the
    module that it says it is from.
    """
    kind = type(thing)
    if thing is None or kind in (bool, int, float, str) or issubclass(kind, Tensor):
        return plain(thing)
    if isinstance(thing, np.generic):
        return packed(thing.item())
    if kind is np.ndarray:
        try:
            return {"array": torch.from_numpy(np.array(thing))}
        except TypeError:  # of texts, say
            return {"unknown": "ndarray"}
    if kind in (list, tuple):
        return {kind.__name__: [packed(part) for part in thing]}  # type: ignore[attr-defined]
    if kind is dict:
        return {"dict": [[packed(key), packed(part)] for key, part in thing.items()]}  # type: ignore[attr-defined]
    names = _fields(kind)
    if names is not None and _named(kind.__module__, kind.__qualname__) is kind:
        parts = [packed(getattr(thing, name)) for name in names]
        return {"made": [kind.__module__, kind.__qualname__, parts]}
    return {"unknown": kind.__name__}


def unpacked(value: Value) -> Any:
    """The thing again; its named tuples and dataclasses are made without running their code."""
    if not isinstance(value, dict):
        return value
    ((what, parts),) = value.items()
    if what == "array":
        return parts.numpy()
    if what in ("list", "tuple"):
        return {"list": list, "tuple": tuple}[what](map(unpacked, parts))
    if what == "dict":
        return {unpacked(key): unpacked(part) for key, part in parts}
    if what != "made":
        raise ValueError(f"a thing of type {parts} cannot be handed on, expected {KINDS}")
    module, name, held = parts
    kind = _named(module, name)
    if issubclass(kind, tuple):
        return tuple.__new__(kind, map(unpacked, held))
    made = object.__new__(kind)
    for field, part in zip(_fields(kind) or (), held, strict=True):
        object.__setattr__(made, field, unpacked(part))
    return made


def unknown(value: Value) -> str | None:
    """The type of the first unknown thing in what was written down; None where all is known."""
    if isinstance(value, dict) and "unknown" in value:
        return str(value["unknown"])
    return next(filter(None, map(unknown, _parts(value))), None)


def numbers(value: Value) -> int:
    """How many numbers it holds; a letter counts as one, a long integer as several."""
    if isinstance(value, Tensor):
        return value.numel()
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (list, dict)):
        return sum(map(numbers, _parts(value)))
    return 1 + value.bit_length() // 64 if isinstance(value, int) else 1


def exchanged(value: Value, old: Tensor, new: Tensor) -> tuple[Value, bool]:
    """What was written down, with one tensor in another's place; whether it was there.

    Args:
        value: what was written down.
        old: is looked for; it may lie there with its dimensions in another order, with further
            ones of size 1, in another precision, and several times.
        new: of the same shape; it is put there in the way that the old one lay.
    """
    if isinstance(value, Tensor):
        lying = _as_it_lies(value, old, new)
        return (value, False) if lying is None else (lying, True)
    if not isinstance(value, (list, dict)):
        return value, False
    parts = [exchanged(part, old, new) for part in _parts(value)]
    kept = [part for part, _ in parts]
    found = any(there for _, there in parts)
    return (dict(zip(value, kept, strict=True)) if isinstance(value, dict) else kept), found


def _as_it_lies(part: Tensor, old: Tensor, new: Tensor) -> Tensor | None:
    """The new tensor as the old one lies in a part; None where the part is not the old one."""
    old, new, bare = old.squeeze(), new.squeeze(), part.squeeze()
    if not part.is_floating_point():
        return None
    for order in itertools.permutations(range(old.dim())):
        turned = old.permute(order)
        if turned.shape == bare.shape and Tolerance().allows(bare, turned.float()).all():
            return new.permute(order).reshape(part.shape).to(part.dtype)
    return None


def _parts(value: Value) -> list[Value]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _fields(kind: type) -> tuple[str, ...] | None:
    """The names of what a named tuple or a dataclass holds; None for other classes."""
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    return getattr(kind, "_fields", None) if issubclass(kind, tuple) else None


def _named(module: str, name: str) -> Any:
    """What stands under a name in a module, if anything does."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
