"""What an answer calls while it runs: counted, checked and ended where it is judged."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
import torch
from attention_course.data.vocabulary import BOS, EOS
from attention_course.exercises import registry
from attention_course.exercises.asking import Outcome, Raised, Returned, ask
from attention_course.exercises.encoder_decoder import greedy_model
from attention_course.exercises.judging import examine
from attention_course.exercises.partner import Meeting
from attention_course.exercises.values import plain
from attention_course.grading.isolation import frames

GREEDY = registry.question("encoder_decoder.greedy")


def met(answer: Any, most: int = 10) -> Outcome:
    meeting = Meeting(lambda number: number + 1, most)
    return meeting.seen(ask(answer, {"x": 3}, partner=meeting))


def test_calls_are_counted() -> None:
    outcome = met(lambda partner, x: partner(x) + partner(x))
    assert outcome == Returned({"returned": 8, "calls": 2, "endless": False})


def test_arguments_may_be_named() -> None:
    outcome = met(lambda partner, x: partner(number=x))
    assert outcome == Returned({"returned": 4, "calls": 1, "endless": False})


def test_what_is_no_value_keeps_its_name_on_its_way() -> None:
    step = Meeting(greedy_model.model(GREEDY.draw(1)[0]), 1)
    sent = frames.decode(frames.encode(plain([np.ones(3), STATE])))
    with pytest.raises(TypeError, match="token is a value of type ndarray, expected a tensor"):
        step(*sent)


def test_who_calls_too_often_is_ended_whatever_he_makes_of_it() -> None:
    def catching(partner: Any, x: int) -> int:
        for _ in range(20):
            try:
                partner(x)
            except RuntimeError:
                return 1
        return 2

    endless = {"returned": None, "calls": 11, "endless": True}
    assert met(catching) == Returned(endless)
    assert met(lambda partner, x: [partner(x) for _ in range(20)]) == Returned(endless)


def test_who_goes_on_calling_is_not_listened_to() -> None:
    meeting = Meeting(lambda number: number, most=10)

    def flooding(partner: Any, x: int) -> None:
        while not meeting.flooded:
            with contextlib.suppress(RuntimeError):
                partner(x)

    outcome = meeting.seen(ask(flooding, {"x": 3}, partner=meeting))
    assert outcome == Returned({"returned": None, "calls": 20, "endless": True})


def test_what_the_answer_raises_is_its_own() -> None:
    def failing(partner: Any, x: int) -> int:
        return partner(x) // 0

    outcome = met(failing)
    assert isinstance(outcome, Raised)
    assert outcome.type_name == "ZeroDivisionError"


def test_the_model_is_not_sent_along() -> None:
    for inputs in GREEDY.draw(1):
        assert set(GREEDY.sent(inputs)) == {"state", "max_length"}


TOKEN, STATE = torch.ones(3, dtype=torch.int64), torch.zeros(3, greedy_model.HIDDEN)


@pytest.mark.parametrize(
    ("token", "state", "words"),
    [
        (None, STATE, "token is None, expected a tensor"),
        (TOKEN[:, None], STATE, r"token has shape \(3, 1\), expected \(B,\)"),
        (TOKEN, STATE[:, None], rf"state has shape .*, expected \(B, {greedy_model.HIDDEN}\)"),
        (TOKEN[:2], STATE, "2 and 3 rows, expected as many"),
        (TOKEN.repeat(2), STATE.repeat(2, 1), "no more than 3"),
        (TOKEN.float(), STATE, "dtype torch.float32 and torch.float32"),
        (TOKEN, STATE.to(torch.complex64), "complex64, expected"),
        (TOKEN * 99, STATE, "expected words below 8"),
        (-TOKEN, STATE, "expected words below 8"),
    ],
)
def test_the_model_trusts_nobody(token: Any, state: Any, words: str) -> None:
    step = greedy_model.model(GREEDY.draw(1)[0])
    assert len(step(TOKEN, STATE)) == 2
    with pytest.raises((TypeError, ValueError, IndexError), match=words):
        step(token, state)


def test_who_asks_once_more_is_not_said_to_go_on_to_the_limit() -> None:
    def late(step: Any, state: Any, max_length: int) -> Any:
        sentences: list[list[int]] = [[] for _ in state]
        token = torch.full((len(state),), BOS)
        for _ in range(max_length):
            logits, state = step(token, state)
            if all(EOS in sentence for sentence in sentences):
                break
            token = logits.argmax(-1)
            for sentence, word in zip(sentences, token.tolist(), strict=True):
                if EOS not in sentence:
                    sentence.append(word)
        return sentences

    line = examine(GREEDY, late, 1).line
    assert "you call step more often than there are words" in line
