"""What the marking process and an answer's process say to each other: framed values, never pickle.

A frame is a magic number, the length of a header, the length of a body, the header (JSON) and the
body (the bytes of the tensors, one after the other). The header is a value in which `None`, truth
values, strings, integers and finite numbers stand for themselves, and everything else is an object
with one key that says what it is: ``{"tensor": ["float32", [2, 3]]}``.

The reader trusts nothing. Whatever does not fit is a `FrameError`, before memory is taken for it.
"""

from __future__ import annotations

import json
import math
import struct
from typing import Any, NoReturn

import torch
from torch import Tensor

from attention_course.exercises.values import Foreign, Value

MAGIC = b"ATC1"
PREFIX = struct.Struct("!4sIQ")  # magic, bytes of the header, bytes of the body
MOST_BYTES = 64 << 20  # of a frame
MOST_HEADER = 8 << 20  # of its header
MOST_DEPTH = 40  # lists in lists
MOST_DIGITS = 400  # of an integer, more than any float has
MOST_DIMENSIONS = 16

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.complex64,
        torch.complex128,
        torch.int64,
        torch.int32,
        torch.int16,
        torch.int8,
        torch.uint8,
        torch.bool,
    )
}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_BYTES = {
    dtype: torch.finfo(dtype).bits // 8 for dtype in DTYPES.values() if dtype.is_floating_point
}
_BYTES |= {torch.complex64: 8, torch.complex128: 16, torch.bool: 1}
_BYTES |= {d: torch.iinfo(d).bits // 8 for d in DTYPES.values() if d not in _BYTES}


class FrameError(ValueError):
    """What came is no frame, or a value does not fit into one."""


# --- writing ---------------------------------------------------------------------------------


def encode(value: Value, most: int = MOST_BYTES) -> bytes:
    """The frame of a value.

    Integers of more than `MOST_DIGITS` digits, and tensors of dtypes that are not in `DTYPES`, go
    as `Foreign`.

    Raises:
        FrameError: it is no value, or larger than `most` bytes, or nested too deeply.
    """
    body: list[bytes] = []
    header = json.dumps(_shown(value, body, 0), allow_nan=False, separators=(",", ":")).encode()
    size = sum(map(len, body))
    if len(header) > MOST_HEADER or PREFIX.size + len(header) + size > most:
        raise FrameError(f"a value of {len(header) + size} bytes, expected at most {most}")
    return b"".join([PREFIX.pack(MAGIC, len(header), size), header, *body])


def _shown(value: Value, body: list[bytes], depth: int) -> Any:
    if depth > MOST_DEPTH:
        raise FrameError(f"a value nested more than {MOST_DEPTH} deep")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if abs(value) < 10**MOST_DIGITS else {"foreign": ["int", None]}
    if kind is float:
        return value if math.isfinite(value) else {"float": str(value)}
    if kind is Tensor:
        if value.dtype not in _NAMES:
            return {"foreign": [f"Tensor ({value.dtype})", None]}
        body.append(_bytes_of(value))
        return {"tensor": [_NAMES[value.dtype], list(value.shape)]}
    if kind is list:
        return {"list": [_shown(item, body, depth + 1) for item in value]}
    if kind is dict:
        pairs = [[_text(key), _shown(item, body, depth + 1)] for key, item in value.items()]
        return {"dict": pairs}
    if kind is Foreign:
        rows = None if value.rows is None else _shown(value.rows, body, depth + 1)
        return {"foreign": [_text(value.type_name), rows]}
    raise FrameError(f"something of type {kind.__name__}, expected a value")


def _text(thing: object) -> str:
    if type(thing) is not str:
        raise FrameError(f"a name of type {type(thing).__name__}, expected str")
    return thing


def _bytes_of(tensor: Tensor) -> bytes:
    flat = tensor.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""


# --- reading ---------------------------------------------------------------------------------


def sizes(prefix: bytes, most: int = MOST_BYTES) -> tuple[int, int]:
    """The bytes of header and body that follow a prefix of `PREFIX.size` bytes.

    Raises:
        FrameError: it is no prefix of ours, or announces more than `most` bytes.
    """
    if len(prefix) != PREFIX.size:
        raise FrameError(f"a prefix of {len(prefix)} bytes, expected {PREFIX.size}")
    magic, header, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise FrameError(f"a frame that begins with {magic!r}, expected {MAGIC!r}")
    if header > MOST_HEADER or PREFIX.size + header + body > most:
        raise FrameError(f"a frame of {header + body} bytes, expected at most {most}")
    return header, body


def decode(frame: bytes | bytearray, most: int = MOST_BYTES) -> Value:
    """The value in a whole frame.

    Raises:
        FrameError: it is not one whole frame with one value.
    """
    header, body = sizes(bytes(frame[: PREFIX.size]), most)
    if len(frame) != PREFIX.size + header + body:
        raise FrameError(f"{len(frame)} bytes, expected {PREFIX.size + header + body}")
    start = PREFIX.size + header
    return _value(bytes(frame[PREFIX.size : start]), memoryview(frame)[start:])


def _value(header: bytes, body: memoryview) -> Value:
    try:
        shown = json.loads(header.decode("ascii"), parse_int=_integer, parse_constant=_refused)
    except (ValueError, RecursionError) as error:  # a FrameError is a ValueError
        raise FrameError(f"a header that cannot be read: {type(error).__name__}") from None
    reader = _Reader(body)
    value = reader.value(shown, 0)
    if reader.at != len(body):
        raise FrameError(f"{len(body)} bytes of tensors, but the header tells of {reader.at}")
    return value


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS + 1:
        raise FrameError(f"an integer of {len(digits)} digits, expected at most {MOST_DIGITS}")
    return int(digits)


def _refused(word: str) -> NoReturn:
    raise FrameError(f"the word {word}")


class _Reader:
    """Turns what a header shows into values, and takes their bytes from the body in order."""

    def __init__(self, body: memoryview) -> None:
        self.body = body
        self.at = 0

    def value(self, shown: Any, depth: int) -> Value:
        if shown is None or isinstance(shown, (bool, int, str)):
            return shown
        if isinstance(shown, float) and math.isfinite(shown):
            return shown
        if depth > MOST_DEPTH:
            raise FrameError(f"a value nested more than {MOST_DEPTH} deep")
        if not isinstance(shown, dict) or len(shown) != 1:
            raise FrameError("a part of a header that is neither plain nor says what it is")
        ((kind, what),) = shown.items()
        if kind == "float" and what in ("nan", "inf", "-inf"):
            return float(what)
        if isinstance(what, list):
            if kind == "list":
                return [self.value(item, depth + 1) for item in what]
            if kind == "dict" and all(map(_is_pair, what)):
                return {key: self.value(item, depth + 1) for key, item in what}
            if kind == "foreign" and _is_pair(what):
                return Foreign(what[0], self.rows(what[1], depth))
            if kind == "tensor" and _is_pair(what) and isinstance(what[1], list):
                return self.tensor(what[0], what[1])
        raise FrameError(f"a part of a header that is no {kind[:20]!r}")

    def rows(self, shown: Any, depth: int) -> list[Value] | None:
        rows = self.value(shown, depth + 1)
        if rows is None or isinstance(rows, list):
            return rows
        raise FrameError("the rows of an array that are no list")

    def tensor(self, name: str, shape: list[Any]) -> Tensor:
        if name not in DTYPES:
            raise FrameError(f"a tensor of dtype {name[:20]!r}")
        if len(shape) > MOST_DIMENSIONS or not all(type(n) is int and n >= 0 for n in shape):
            raise FrameError("a tensor with a shape that is none")
        if math.prod(max(n, 1) for n in shape) > MOST_BYTES:  # an empty one may claim more
            raise FrameError("a tensor with a shape that is too large")
        dtype = DTYPES[name]
        end = self.at + math.prod(shape) * _BYTES[dtype]
        if end > len(self.body):
            raise FrameError("a tensor that is larger than its bytes")
        data = bytearray(self.body[self.at : end])
        self.at = end
        if not data:
            return torch.empty(shape, dtype=dtype)
        if dtype == torch.bool:  # a byte of it must be 0 or 1, or torch goes wrong
            return (torch.frombuffer(data, dtype=torch.uint8) != 0).reshape(shape)
        return torch.frombuffer(data, dtype=dtype).reshape(shape)


def _is_pair(thing: Any) -> bool:
    return isinstance(thing, list) and len(thing) == 2 and isinstance(thing[0], str)
