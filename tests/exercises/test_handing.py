"""What an answer keeps, written down for another process, and read again."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from attention_course.exercises.handing import exchanged, numbers, packed, unknown, unpacked
from attention_course.exercises.values import plain
from attention_course.grading.isolation import frames


class Pair(NamedTuple):
    s: Any
    keys: Any


@dataclass(frozen=True)
class State:
    s: Any
    count: int = 0

    def __post_init__(self) -> None:
        raise AssertionError("made by its own code")


def state() -> State:
    made = object.__new__(State)
    object.__setattr__(made, "s", (1, [None, "x"]))
    object.__setattr__(made, "count", 3)
    return made


THINGS = [
    None,
    True,
    3,
    0.5,
    "text",
    (1, (2.5, [None])),
    [],
    (),
    {},
    {("a", 1): [1], 2: {"b": (3,)}},
    Pair(1, (2, "x")),
    Pair(Pair(None, 1), []),
]


@pytest.mark.parametrize("thing", THINGS, ids=repr)
def test_what_is_handed_on_is_the_same_again(thing: object) -> None:
    # what comes back from an answer is made plain, and crosses to another process twice
    value = frames.decode(frames.encode(plain(packed(thing))))
    again = unpacked(frames.decode(frames.encode(value)))
    assert again == thing
    assert type(again) is type(thing)


def test_a_dataclass_is_made_without_its_own_code() -> None:
    again = unpacked(packed(state()))
    assert type(again) is State
    assert (again.s, again.count) == ((1, [None, "x"]), 3)


def test_tensors_and_arrays_keep_type_and_numbers() -> None:
    tensor, array = torch.randn(2, 3, requires_grad=True), np.arange(6.0).reshape(2, 3).T[::-1]
    one, other, third, scalar = unpacked(packed((tensor, array, np.array(2), np.float32(0.5))))
    assert torch.equal(one, tensor)
    assert isinstance(other, np.ndarray)
    np.testing.assert_array_equal(other, array)
    assert third.shape == ()
    assert scalar == 0.5


class Slotted:
    __slots__ = ("s",)


def test_what_cannot_be_handed_on_is_named() -> None:
    @dataclass
    class Local:
        s: int

    for thing in (Slotted(), Local(1), collections.deque(), {1}, np.array(["x"]), lambda: 1):
        name = type(thing).__name__
        assert unknown(packed({"a": [1, (thing,)]})) == name
        with pytest.raises(ValueError, match=f"of type {name} cannot be handed on"):
            unpacked(packed(thing))
    assert unknown(packed(THINGS)) is None


def test_numbers_are_counted_wherever_they_are() -> None:
    sizes = {5: (torch.zeros(2, 2), 1), 3: "abc", 4: np.zeros(4), 2: {1: None}, 7: 1 << 400}
    for size, thing in sizes.items():
        assert numbers(packed(thing)) == size
    one, other = Pair(1, (2,)), Pair(1, (2, 3, 4))
    assert numbers(packed(other)) - numbers(packed(one)) == 2


def test_a_tensor_is_exchanged_wherever_and_however_it_lies() -> None:
    old, new, other = torch.randn(3, 1, 4), torch.randn(3, 1, 4), torch.randn(3, 4)
    lying = {"a": [old.double(), other, 5], "b": (old[:, 0].T.numpy(), old[None])}
    value, found = exchanged(packed(lying), old, new)
    assert found
    put = unpacked(value)
    assert torch.equal(put["a"][0], new.double())
    np.testing.assert_array_equal(put["b"][0], new[:, 0].T.numpy())
    assert torch.equal(put["b"][1], new[None])
    assert torch.equal(put["a"][1], other)
    assert put["a"][2] == 5


def test_what_is_not_there_is_not_exchanged() -> None:
    old = torch.randn(3, 4)
    held = packed([old + 1e-2, old[:2], old.flatten(), torch.zeros(3, 4).int(), None])
    value, found = exchanged(held, old, torch.zeros(3, 4))
    assert not found
    assert torch.equal(unpacked(value)[0], old + 1e-2)
    assert not exchanged(torch.zeros(3, 4).int(), torch.zeros(3, 4), old)[1]  # of another kind
