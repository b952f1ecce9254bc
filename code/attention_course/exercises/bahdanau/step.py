"""bahdanau.step: one word at a time, without running the whole prefix again."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Generator, Tensor

from attention_course.exercises.bahdanau.going_on import AT, handed_on, holds_keys, holds_s
from attention_course.exercises.bahdanau.incremental import (
    Model,
    begun,
    one_word,
    slow_step,
    step,
)
from attention_course.exercises.bahdanau.missteps import (
    first_context_kept,
    in_place,
    keys_each_time,
    last_real,
    log_probabilities,
    mean,
    no_mask,
    other_start,
    probabilities,
    readout_from_the_new,
    state_not_renewed,
    zero_start,
)
from attention_course.exercises.bahdanau.stepping import in_turn, onwards
from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.handing import KINDS, numbers, unknown
from attention_course.exercises.question import Case, Draw, Inputs, Mistake, Question
from attention_course.exercises.second import Second
from attention_course.exercises.values import Tolerance, Value, named

VOCABULARY, EMBEDDING, HIDDEN, ALIGNMENT, ANNOTATION = 11, 5, 6, 7, 8
# further words from a state: too many for a table of what follows each sequence of them
FURTHER = 6
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

# --- right, written otherwise -----------------------------------------------------------------


def _dictionary(
    model: Model,
    annotations: Tensor,
    mask: Tensor,
    token: Tensor,
    state: dict[str, Tensor] | None = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """The state as a dictionary, products by einsum and linear."""
    if state is None:
        s = torch.tanh(torch.nn.functional.linear(annotations[:, 0], model["W_s"]))
        state = {"s": s, "keys": torch.einsum("bsk,ak->bsa", annotations, model["U_a"])}
    logits, s = one_word(model, annotations, mask, token, state["s"], state["keys"])
    return logits, {**state, "s": s}


def _double(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    model = {name: weight.double() for name, weight in model.items()}
    return step(model, annotations.double(), mask, token, state)


def _carried(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    """All that does not change is in the state too; logits not contiguous."""
    if state is None:
        state = [*begun(model, annotations), annotations, mask]
    s, keys, annotations, mask = state
    logits, s = one_word(model, annotations, mask, token, s, keys)
    return logits.T.contiguous().T, [s, keys, annotations, mask]


def _arrays(
    model: Model, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
) -> tuple[Tensor, Any]:
    """The state as arrays of NumPy."""
    inside = None if state is None else tuple(map(torch.from_numpy, state))
    logits, state = step(model, annotations, mask, token, inside)
    return logits, tuple(part.numpy() for part in state)


# --- judging ----------------------------------------------------------------------------------


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


def _shows_growth(given: Value, expected: Value, inputs: Inputs) -> bool:
    return _right(given, expected, inputs, "logits") and _grows(given["first"])


def _shows_change(given: Value, expected: Value, inputs: Inputs) -> bool:
    if not _right(given, expected, inputs, "logits") or _grows(given["first"]):
        return False
    return not _right(given, expected, inputs, "again")


def _shows_projection(given: Value, expected: Value, inputs: Inputs) -> bool:
    if not _right(given, expected, inputs, "logits") or _grows(given["first"]):
        return False
    if given["second"] is None or holds_keys(inputs, given["first"]):
        return False
    return compare(given["second"], expected["second"], inputs, Tolerance()) is not None


def _right(given: Value, expected: Value, inputs: Inputs, name: str) -> bool:
    one, other = given["first"][name], expected["first"][name]
    return compare(one, other, inputs, Tolerance()) is None


def _inputs(words: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    sizes = {
        "E": (VOCABULARY, EMBEDDING),
        "W_s": (HIDDEN, ANNOTATION),
        "W_a": (ALIGNMENT, HIDDEN),
        "U_a": (ALIGNMENT, ANNOTATION),
        "W": (HIDDEN, EMBEDDING),
        "U": (HIDDEN, HIDDEN),
        "C": (HIDDEN, ANNOTATION),
        "U_o": (VOCABULARY, HIDDEN),
        "V_o": (VOCABULARY, EMBEDDING),
        "C_o": (VOCABULARY, ANNOTATION),
    }

    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        model = {
            name: normal(generator, *size, std=size[1] ** -0.5, dtype=dtype)
            for name, size in sizes.items()
        }
        model["v_a"] = normal(generator, ALIGNMENT, dtype=dtype)
        return {
            "model": model,
            "annotations": normal(generator, *mask.shape, ANNOTATION, dtype=dtype),
            "mask": mask,
            "tokens": integers(generator, 0, VOCABULARY, len(lengths), words),
            "others": integers(generator, 0, VOCABULARY, len(lengths), FURTHER),
            "elsewhere": normal(generator, len(AT), len(lengths), HIDDEN, dtype=dtype).tanh(),
            "keys": normal(generator, *mask.shape, ALIGNMENT, dtype=dtype),
        }

    return draw


QUESTION = Question(
    id="bahdanau.step",
    answer="step",
    title="Make the decoder incremental",
    points=15,
    minutes=20,
    difficulty=3,
    kind="make faster",
    cases=(
        Case("padded sentences", _inputs(4, 6, 3, 5)),
        Case("a batch of one", _inputs(3, 4)),
        Case("a long sentence", _inputs(12, 30, 12)),
        Case("double precision", _inputs(3, 5, 2, dtype=torch.float64)),
    ),
    reference=step,
    mistakes=(
        Mistake(
            "prefix kept",
            "your logits are right, but your state grows with every word: keep what the decoder "
            "knows after the prefix, not the prefix",
            slow_step,
            sign=_shows_growth,
        ),
        Mistake(
            "changed in place",
            NO_WAY_BACK,
            in_place,
            sign=_shows_change,
        ),
        Mistake(
            "keys each time",
            AGAIN,
            keys_each_time,
            sign=_shows_projection,
        ),
        Mistake(
            "always the first word",
            "every word is treated as the first: begin from the state that comes in, and return "
            "the new one",
            state_not_renewed,
        ),
        Mistake(
            "readout from the new state",
            "your logits are read from the new state s_i; the slow version reads them from "
            "s_{i-1}, before it is renewed",
            readout_from_the_new,
        ),
        Mistake(
            "zeros at the start",
            "your first state is zero; it is s_0 = tanh(W_s h_1), as in the slow version",
            zero_start,
        ),
        Mistake(
            "last annotation at the start",
            "your first state is made of the last annotation; it is s_0 = tanh(W_s h_1), of the "
            "first",
            partial(other_start, lambda annotations, mask: annotations[:, -1]),
        ),
        Mistake(
            "last word's annotation at the start",
            "your first state is made of the last real word's annotation; it is s_0 = tanh(W_s "
            "h_1), of the first word's",
            partial(other_start, last_real),
        ),
        Mistake(
            "mean annotation at the start",
            "your first state is made of the mean of the annotations; it is s_0 = tanh(W_s h_1), "
            "of the first",
            partial(other_start, mean),
        ),
        Mistake(
            "mean annotation at the start, padding counted",
            "your first state is made of the mean of the annotations, padding counted; it is s_0 = "
            "tanh(W_s h_1), of the first",
            partial(other_start, lambda annotations, mask: annotations.mean(1)),
        ),
        Mistake(
            "log-probabilities",
            "you return log-probabilities, after a log_softmax; the logits come before it",
            log_probabilities,
        ),
        Mistake(
            "probabilities",
            "you return probabilities, after a softmax; the logits come before it",
            probabilities,
        ),
        Mistake(
            "no mask",
            "padding gets weight: the mask has to go into the softmax",
            no_mask,
        ),
        Mistake(
            "context of the first word",
            "you keep the first word's context; each word asks with its own s_{i-1}, so weights "
            "and context are new each time",
            first_context_kept,
        ),
    ),
    alternatives={
        "state as a dictionary": _dictionary,
        "double precision": _double,
        "everything in the state": _carried,
        "state as NumPy arrays": _arrays,
    },
    ask=in_turn,
    second=Second(handed_on, onwards, new=("others", "elsewhere", "keys")),
    judge=judge,
    barred=("attention_course.models.bahdanau", "attention_course.exercises.bahdanau"),
)
