"""What is thought of an answer to bahdanau.step, and the signs of its mistakes."""

from __future__ import annotations

from torch import Tensor

from attention_course.exercises.bahdanau.going_on import holds_keys, holds_s
from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.handing import KINDS, numbers, unknown
from attention_course.exercises.question import Inputs
from attention_course.exercises.values import Tolerance, Value, named

AGAIN = (
    "your logits are right, but your state holds no U_a h_j to go on from: it does not depend on "
    "the word, so compute it once, in the first call, and keep it as a tensor of its own"
)
NO_WAY_BACK = (
    "called again from an earlier state, your function gives another answer: it changes the state "
    "in place or keeps something elsewhere, but a beam search goes back"
)
GOES_ON = (
    "your logits are right, but your function does not go on from the s_i and the U_a h_j in its "
    "state alone: with others in their place it must go on from those"
)


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Equal logits; a state that neither grows nor is changed, and from which alone it goes on.

    What the expected output does itself is no problem, so that mistakes can be recognised.
    """
    first, right = given["first"], expected["first"]
    if not isinstance(first, dict):  # how `in_turn` says that no pair (logits, state) came back
        return Problem(
            Rank.NOTHING, "your function has to return two things, the logits and a state"
        )
    if "head" in first:
        head = first["head"]
        it = f"has shape {tuple(head.shape)}" if isinstance(head, Tensor) else f"is {named(head)}"
        return Problem(Rank.NOTHING, f"the first thing you return {it}, expected logits (B, V)")
    problem = compare(first["logits"], right["logits"], inputs, tolerance)
    if problem is not None:
        return problem
    foreign = unknown(first["states"])
    if foreign is not None:
        return Problem(
            Rank.NOTHING,
            f"your state holds something of type {foreign}; it may be made of {KINDS}, since it "
            "has to be handed to another process",
        )
    if _grows(first) and not _grows(right):
        start, end = _sizes(first)
        return Problem(
            Rank.NUMBERS,
            f"your logits are right, but your state grows from {start} to {end} numbers: keep "
            "what the decoder knows, not the words it has read",
        )
    if compare(first["again"], right["again"], inputs, tolerance) is not None:
        return Problem(Rank.CHANGED, NO_WAY_BACK)
    if expected["second"] is None:  # of a mistake without s_i: its logits say all
        return None
    if given["second"] is None and not holds_s(inputs, first):
        return Problem(
            Rank.NUMBERS,
            "your logits are right, but s_i, the decoder's state after the word, is no tensor of "
            "its own in your state: keep it there, and go on from it",
        )
    if given["second"] is None:
        return Problem(
            Rank.NUMBERS,
            "your logits are right, but your function cannot go on from its state in a new "
            "process: whatever the next word needs has to be in the state",
        )
    if compare(given["second"], expected["second"], inputs, tolerance) is None:
        return None
    return Problem(Rank.NUMBERS, GOES_ON if holds_keys(inputs, first) else AGAIN)


def _sizes(first: Value) -> tuple[int, int]:
    """How many numbers the first state holds, and the last."""
    return numbers(first["states"][0]), numbers(first["states"][-1])


def _grows(first: Value) -> bool:
    start, end = _sizes(first)
    return end > start


def shows_growth(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _right(given, expected, inputs, "logits") and _grows(given["first"])


def shows_change(given: Value, expected: Value, inputs: Inputs) -> bool:
    if not _right(given, expected, inputs, "logits") or _grows(given["first"]):
        return False
    return not _right(given, expected, inputs, "again")


def shows_projection(given: Value, expected: Value, inputs: Inputs) -> bool:
    if not _right(given, expected, inputs, "logits") or _grows(given["first"]):
        return False
    if given["second"] is None or holds_keys(inputs, given["first"]):
        return False
    return compare(given["second"], expected["second"], inputs, Tolerance()) is not None


def _right(given: Value, expected: Value, inputs: Inputs, name: str) -> bool:
    one, other = given["first"][name], expected["first"][name]
    return compare(one, other, inputs, Tolerance()) is None
