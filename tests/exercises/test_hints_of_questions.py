"""What single questions say of answers that are wrong, or right, in a way of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from attention_course.data.vocabulary import BOS, EOS
from attention_course.exercises import registry
from attention_course.exercises.bahdanau import train
from attention_course.exercises.bahdanau.incremental import slow_step, step
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import examine
from torch import Tensor

STEP = registry.question("bahdanau.step")
AGAIN = "your state holds no U_a h_j to go on from"


def said(question: str, answer: Any) -> str:
    return examine(registry.question(question), answer, SEED).line


# --- masked_softmax ---------------------------------------------------------------------------


def test_an_operation_that_torch_lacks_is_not_a_missing_answer() -> None:
    line = said("bahdanau.masked_softmax", lambda scores, mask: mask.softmax(-1) * scores)
    assert "raises NotImplementedError" in line
    assert "not written yet" not in line


def test_no_number_taken_off_the_padding_is_enough() -> None:
    def taken_off(scores: Tensor, mask: Tensor) -> Tensor:
        return (scores - (1 - mask.float()) * 1e9).softmax(-1) * mask

    line = said("bahdanau.masked_softmax", taken_off)
    assert "a fixed number off the scores of padding" in line
    assert "(5 of 6 checks; not: large scores)" in line


# --- loss -------------------------------------------------------------------------------------


def test_the_logarithm_of_a_softmax_is_no_log_softmax() -> None:
    def log_of_softmax(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        p = torch.softmax(logits, -1).gather(-1, target[..., None])[..., 0]
        return -(p.log() * mask).sum() / mask.sum()

    line = said("encoder_decoder.loss", log_of_softmax)
    assert "is rounded to zero" in line
    assert "(3 of 4 checks; not: large logits)" in line


# --- greedy -----------------------------------------------------------------------------------


def unlimited(step: Any, state: Tensor, max_length: int) -> list[list[int]]:
    token = torch.full((len(state),), BOS)
    sentences: list[list[int]] = [[] for _ in state]
    while not all(EOS in sentence for sentence in sentences):
        logits, state = step(token, state)
        token = logits.argmax(-1)
        for sentence, word in zip(sentences, token.tolist(), strict=True):
            if EOS not in sentence:
                sentence.append(word)
    return sentences


def test_a_search_without_a_limit_ends() -> None:
    def never(step: Any, state: Tensor, max_length: int) -> list[list[int]]:
        while True:
            step(torch.full((len(state),), BOS), state)

    assert "stop after max_length words" in said("encoder_decoder.greedy", never)
    line = said("encoder_decoder.greedy", unlimited)
    assert "stop after max_length words" in line
    assert "(3 of 4 checks; not: a sentence that does not end)" in line


# --- forgetting -------------------------------------------------------------------------------

RIGHT: dict[str, Any] = {"five": 0.9, "twenty": 0.67, "forty": 0.45, "reason": "b"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"five": 10**30}, "'five' is not right"),
        ({"five": 10**400}, "'five' is not right"),
        ({"five": None}, "your 'five' is None, expected a number"),
        ({"five": 90, "twenty": 67, "forty": 45}, "these are percentages"),
        ({"five": 90.4, "twenty": 66.8, "forty": 44.6}, "these are percentages"),
        ({"reason": 2}, "your 'reason' is a number, expected a text"),
        ({"reason": "(b)"}, "4 of 4 checks"),
        ({"reason": "b."}, "4 of 4 checks"),
        ({"reason": "(c)"}, "the decoder does see its own earlier words"),
    ],
)
def test_predictions(change: dict[str, Any], words: str) -> None:
    assert words in said("encoder_decoder.forgetting", lambda: RIGHT | change)


def test_arrays_pass_for_lists() -> None:
    question = registry.question("bahdanau.reading")
    answer = question.reference() | {"links": np.array([0, 2, 1, 3, 5, 5]), "wrong": np.array([5])}
    assert all(examine(question, lambda: answer, SEED).passed)


# --- step -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "copied",
    [
        lambda U_a: U_a.clone(),
        lambda U_a: U_a.T.contiguous().T,
        lambda U_a: torch.from_numpy(U_a.numpy().copy()),
        lambda U_a: torch.tensor(U_a.tolist(), dtype=U_a.dtype),
    ],
    ids=["clone", "contiguous", "numpy", "list"],
)
def test_keys_computed_again_are_seen_however_the_matrix_is_read(copied: Any) -> None:
    def again(
        model: Any, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
    ) -> Any:
        if state is not None:
            state = state, annotations @ copied(model["U_a"]).T
        logits, (s, _) = step(model, annotations, mask, token, state)
        return logits, s

    assert AGAIN in examine(STEP, again, SEED).line


def test_a_matrix_kept_in_the_state_is_no_way_round() -> None:
    def kept(
        model: Any, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
    ) -> Any:
        if state is None:
            (s, _), U_a = step(model, annotations, mask, token)[1], model["U_a"]
            return step(model, annotations, mask, token)[0], (s, U_a)
        s, U_a = state
        logits, (s, _) = step(model, annotations, mask, token, (s, annotations @ U_a.T))
        return logits, (s, U_a)

    assert AGAIN in examine(STEP, kept, SEED).line


def test_a_copy_of_the_matrix_in_the_state_is_no_way_round_either() -> None:
    def copying(
        model: Any, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
    ) -> Any:
        if state is None:
            (s, _), U_a = step(model, annotations, mask, token)[1], model["U_a"].T.clone()
            return step(model, annotations, mask, token)[0], {"s": s, "U_a": U_a}
        logits, (s, _) = step(
            model, annotations, mask, token, (state["s"], annotations @ state["U_a"])
        )
        return logits, {"s": s, "U_a": state["U_a"]}

    assert AGAIN in examine(STEP, copying, SEED).line


class Named(NamedTuple):
    s: Tensor
    keys: Tensor
    model: Any


@dataclass
class Record:
    s: Tensor
    keys: Tensor
    model: Any


class Own:
    def __init__(self, *parts: Any) -> None:
        self.s, self.keys, self.model = parts


def in_a_state_of(kind: Any) -> Any:
    def keeping(
        model: Any, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
    ) -> Any:
        inside = None if state is None else (state.s, state.keys)
        logits, (s, keys) = step(model, annotations, mask, token, inside)
        return logits, kind(s, keys, model if state is None else state.model)

    return keeping


@pytest.mark.parametrize("kind", [Named, Record])
def test_a_state_may_be_a_named_tuple_or_a_dataclass_and_hold_the_model(kind: Any) -> None:
    assert all(examine(STEP, in_a_state_of(kind), SEED).passed)


def test_a_state_of_an_own_class_is_told_what_it_may_be_made_of() -> None:
    line = examine(STEP, in_a_state_of(Own), SEED).line
    assert "your state holds something of type Own; it may be made of tensors, NumPy arr" in line


def test_hiding_not_a_number_is_seen_as_well() -> None:
    def hiding(
        model: Any, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
    ) -> Any:
        if state is not None:
            state = state, (annotations @ model["U_a"].T).nan_to_num()
        logits, (s, _) = step(model, annotations, mask, token, state)
        return logits, s

    assert AGAIN in examine(STEP, hiding, SEED).line


def test_a_look_at_the_matrix_is_allowed() -> None:
    def looking(
        model: Any, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
    ) -> Any:
        alignment = len(model["U_a"][:, :1].sum(1))
        assert alignment == len(model["v_a"])
        return step(model, annotations, mask, token, state)

    assert all(examine(STEP, looking, SEED).passed)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ((None, None), "the first thing you return is None, expected logits (B, V)"),
        (([1.0], None), "the first thing you return is a list or tuple, expected logits (B, V)"),
        (None, "your function has to return two things"),
    ],
)
def test_what_cannot_be_logits_is_named(result: object, words: str) -> None:
    assert words in examine(STEP, lambda *inputs: result, SEED).line


def test_logits_of_changing_shape_are_named() -> None:
    def growing(*inputs: Any) -> Any:
        prefix = slow_step(*inputs)[1]
        return prefix, prefix

    assert "the first thing you return has shape (3, 2)" in examine(STEP, growing, SEED).line


class Kept:
    """What a module might keep between calls."""

    keys: Tensor


def test_keys_kept_outside_the_state_are_those_of_another_sentence() -> None:
    def elsewhere(
        model: Any, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
    ) -> Any:
        inside = None if state is None else (state, Kept.keys)
        logits, (s, Kept.keys) = step(model, annotations, mask, token, inside)
        return logits, s

    verdict = examine(STEP, elsewhere, SEED)
    assert verdict.mistake == "changed in place"
    assert not any(verdict.passed)


@pytest.mark.parametrize("history", ["", [], np.zeros(0)], ids=type)
def test_a_history_in_the_state_is_growth_whatever_it_is_made_of(history: Any) -> None:
    def growing(
        model: Any, annotations: Tensor, mask: Tensor, token: Tensor, state: Any = None
    ) -> Any:
        inside, read = (None, history) if state is None else state
        more = {str: "x", list: [1], np.ndarray: np.ones(1)}[type(read)]
        longer = np.concatenate([read, more]) if isinstance(read, np.ndarray) else read + more
        logits, inside = step(model, annotations, mask, token, inside)
        return logits, (inside, longer)

    assert examine(STEP, growing, SEED).mistake == "prefix kept"


# --- train ------------------------------------------------------------------------------------


def test_a_model_of_zeros_has_not_learnt_to_say_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    def zeros(model: torch.nn.Module, batches: object) -> None:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.zero_()

    monkeypatch.setattr(train, "SENTENCES", 256)
    assert examine(train.QUESTION, zeros, SEED).mistake == "hardly learnt"
