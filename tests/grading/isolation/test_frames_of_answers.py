"""Frames: what goes in comes out, and what is no frame is refused before it costs anything."""

from __future__ import annotations

import json
import math
import tracemalloc
from typing import Any

import pytest
import torch
from attention_course.exercises.asking import Raised, Returned
from attention_course.exercises.values import Foreign, identical
from attention_course.grading.isolation import frames
from attention_course.grading.isolation.conversation import outcome_in, shown
from attention_course.grading.isolation.frames import FrameError, decode, encode
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    dtype = frames.DTYPES[draw(st.sampled_from(sorted(frames.DTYPES)))]
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    count = math.prod(shape)
    size = torch.empty((), dtype=dtype).element_size()
    if dtype == torch.bool:
        data = bytes(draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)))
    else:
        data = draw(st.binary(min_size=count * size, max_size=count * size))
    if not data:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(bytearray(data), dtype=dtype).reshape(shape)


numbers = st.integers(-(10**30), 10**30) | st.floats() | st.booleans() | st.none()
texts = st.text(max_size=20)
rows = st.lists(st.lists(st.floats(), max_size=3), max_size=3)
leaves = numbers | texts | tensors() | st.builds(Foreign, texts, st.none() | rows)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):  # to the last bit, NaN or not
        kinds = one.dtype == other.dtype and one.shape == other.shape
        return kinds and bytes(one.reshape(-1).view(torch.uint8)) == bytes(
            other.reshape(-1).view(torch.uint8)
        )
    if isinstance(one, Foreign) and isinstance(other, Foreign):
        return one.type_name == other.type_name and identical(one.rows, other.rows)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return identical(one, other)


@given(values)
@settings(deadline=None)
def test_a_value_comes_out_as_it_went_in(value: Any) -> None:
    assert same(decode(encode(value)), value)


@given(values, st.lists(texts, max_size=3))
@settings(deadline=None)
def test_an_outcome_comes_out_as_it_went_in(value: Any, changed: list[str]) -> None:
    found = outcome_in(decode(encode(shown(Returned(value, tuple(changed))))))
    assert isinstance(found, Returned)
    assert same(found.value, value)
    assert found.changed == tuple(changed)
    raised = Raised("ValueError", "no")
    assert outcome_in(decode(encode(shown(raised)))) == raised


def test_zero_keeps_its_sign_and_text_its_odd_letters() -> None:
    assert math.copysign(1, decode(encode(-0.0))) == -1
    assert decode(encode("\ud800 é \0")) == "\ud800 é \0"


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3).T,
        torch.ones(1, 3).expand(4, 3),
        torch.arange(3.0, requires_grad=True),
        torch.ones(3, dtype=torch.complex64).conj(),
        torch.ones(3, dtype=torch.complex64).conj().imag,
        torch.tensor(2.5),
    ],
    ids=["transposed", "expanded", "with gradient", "conjugate", "negative", "no dimensions"],
)
def test_tensors_of_any_layout_are_sent_by_their_numbers(tensor: Tensor) -> None:
    found = decode(encode(tensor))
    assert torch.equal(found, tensor)
    assert not found.requires_grad


def test_what_has_no_place_in_a_frame_goes_by_its_name() -> None:
    assert decode(encode(10**500)) == Foreign("int")
    assert decode(encode(torch.ones(2).to(torch.float8_e5m2))) == Foreign(
        "Tensor (torch.float8_e5m2)"
    )


@pytest.mark.parametrize("value", [object(), {1: 2}, (1, 2), {"a": [set()]}])
def test_what_is_no_value_is_not_sent(value: Any) -> None:
    with pytest.raises(FrameError):
        encode(value)


def test_what_is_too_large_or_too_deep_is_not_sent() -> None:
    with pytest.raises(FrameError, match="at most 1000"):
        encode(torch.ones(1000), most=1000)
    deep: Any = 1
    for _ in range(frames.MOST_DEPTH + 1):
        deep = [deep]
    with pytest.raises(FrameError, match="nested"):
        encode(deep)


# --- what is no frame ------------------------------------------------------------------------


def frame(header: object, body: bytes = b"", /, **sizes: int) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    prefix = frames.PREFIX.pack(
        frames.MAGIC, sizes.get("header", len(text)), sizes.get("body", len(body))
    )
    return prefix + text + body


BAD = {
    "nothing": b"",
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07forgery\x94.",
    "another magic": b"ATC2" + frame(1)[4:],
    "no header": frame(b""),
    "no JSON": frame(b"{"),
    "not ASCII": frame('"é"'.encode()),
    "a larger header": frame(1, header=2),
    "a larger body": frame(1, body=1),
    "bytes left over": frame(1, b"1"),
    "an enormous header": frame(1, header=2**32 - 1),
    "an enormous body": frame(1, body=2**63),
    "NaN": frame(b"NaN"),
    "infinite": frame(b"1e999"),
    "a plain list": frame([1, 2]),
    "a plain object": frame({"a": 1, "b": 2}),
    "an unknown kind": frame({"pickle": "gASVCwA="}),
    "a float of another name": frame({"float": "1e5"}),
    "a list that is none": frame({"list": 5}),
    "a dictionary without keys": frame({"dict": [[1, 2]]}),
    "a dictionary of triples": frame({"dict": [["a", 1, 2]]}),
    "a foreign thing without name": frame({"foreign": [1, None]}),
    "foreign rows that are none": frame({"foreign": ["ndarray", 5]}),
    "another dtype": frame({"tensor": ["object", [1]]}, b"12345678"),
    "no dtype": frame({"tensor": [None, [1]]}, b"1234"),
    "a dtype that is a list": frame({"tensor": [["float32"], [1]]}, b"1234"),
    "no shape": frame({"tensor": ["float32", 1]}, b"1234"),
    "a negative shape": frame({"tensor": ["float32", [-1]]}, b"1234"),
    "two negative": frame({"tensor": ["float32", [-1, -1]]}, b"1234"),
    "half a dimension": frame({"tensor": ["float32", [1.0]]}, b"1234"),
    "a truth value as dimension": frame({"tensor": ["float32", [True]]}, b"1234"),
    "too few bytes": frame({"tensor": ["float32", [2]]}, b"1234"),
    "too many bytes": frame({"tensor": ["float32", [1]]}, b"12345678"),
    "an enormous shape": frame({"tensor": ["float32", [2**40, 2**40]]}, b"1234"),
    "an enormous empty shape": frame({"tensor": ["float32", [2**62, 0, 2**62]]}),
    "too many dimensions": frame({"tensor": ["float32", [1] * 17]}, b"1234"),
    "a large integer": frame(b"1" * 500),
    "an enormous integer": frame(b"1" * 100_000),
    "very deep": frame(b"[" * 100_000),
    "very deep lists": frame(b'{"list":[' * 5000 + b"]}" * 5000),
    "deeper than allowed": frame(b'{"list":[' * 50 + b"]}" * 50),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_what_is_no_frame_is_refused(bad: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(FrameError):
            decode(bad)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_truth_values_are_true_or_false_whatever_their_byte() -> None:
    found = decode(frame({"tensor": ["bool", [3]]}, bytes([0, 1, 77])))
    assert found.dtype == torch.bool
    assert found.view(torch.uint8).tolist() == [0, 1, 1]


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(FrameError):
        decode(noise)


@given(values, st.data())
@settings(deadline=None)
def test_a_frame_cut_short_is_refused(value: Any, data: st.DataObject) -> None:
    whole = encode(value)
    with pytest.raises(FrameError):
        decode(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(values, st.data())
@settings(deadline=None)
def test_a_frame_with_a_wrong_byte_is_refused_or_a_value(value: Any, data: st.DataObject) -> None:
    changed = bytearray(encode(value))
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at] = data.draw(st.integers(0, 255))
    try:
        found = decode(changed)
    except FrameError:
        return
    assert same(decode(encode(found)), found)


json_things = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["list", "dict", "tensor", "float", "foreign", "x"]), inner, max_size=2
        )
    ),
)


@given(json_things, st.binary(max_size=32))
@settings(deadline=None)
def test_a_header_of_any_content_is_refused_or_a_value(header: Any, body: bytes) -> None:
    try:
        found = decode(frame(header, body))
    except FrameError:
        return
    assert same(decode(encode(found)), found)


OUTCOMES = [
    {},
    {"raised": 1, "message": "a"},
    {"raised": "A"},
    {"raised": "A" * 201, "message": ""},
    {"returned": 1},
    {"returned": 1, "changed": "x"},
    {"returned": 1, "changed": [1]},
]


@pytest.mark.parametrize("bad", OUTCOMES)
def test_what_is_no_outcome_is_refused(bad: Any) -> None:
    with pytest.raises(FrameError):
        outcome_in(bad)
