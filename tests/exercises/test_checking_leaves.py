"""The engine: what it leaves as it was, whatever an answer does."""

from __future__ import annotations

import random
import sys
import warnings

import numpy as np
import pytest
import torch
from attention_course.exercises import check, checking, registry
from attention_course.exercises.asking import Raised, Returned, ask
from attention_course.exercises.judging import examine
from attention_course.exercises.question import Case, Question
from tiny_question import double, in_place, numbers, raising
from torch import Generator, Tensor


def test_prints_and_warnings_do_not_disturb_the_line(
    tiny: Question, capfd: pytest.CaptureFixture[str]
) -> None:
    def loud(x: Tensor) -> Tensor:
        print("looking at", x)
        print("and here", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return 2 * x

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check("tiny.double", loud)
    captured = capfd.readouterr()
    assert captured.out == "double: 2 of 2 checks\n"
    assert captured.err == ""


def test_check_returns_nothing_to_show(tiny: Question) -> None:
    assert check("tiny.double", lambda x: 2 * x) is None


def test_inputs_are_drawn_once_in_a_session(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn: list[str] = []

    def draw(generator: Generator) -> dict[str, object]:
        drawn.append("again")
        return numbers(2, 3)(generator)

    question = double(cases=(Case("two rows", draw),))
    monkeypatch.setattr(registry, "question", lambda name: question)
    monkeypatch.setattr(checking, "_verdicts", {})
    monkeypatch.setattr(checking, "_keys", {})
    check("tiny.double", in_place)
    check("tiny.double", lambda x: 3 * x)
    check("tiny.double", lambda x: 2 * x)
    said = capsys.readouterr().out.splitlines()
    assert "changes its input" in said[0]
    assert "three times" in said[1]
    assert said[2] == "double: 1 of 1 checks"
    assert drawn == ["again"]


def test_nbgrader_gets_the_points(tiny: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert check(tiny.id, tiny.reference) == tiny.points
    assert check(tiny.id, lambda *inputs: None) == 0


def test_random_state_dtype_and_gradients_are_put_back(tiny: Question) -> None:
    def meddling(x: Tensor) -> Tensor:
        torch.manual_seed(0)
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        warnings.simplefilter("always")
        return 2 * x

    torch.manual_seed(31)
    random.seed(31)
    np.random.seed(31)  # noqa: NPY002
    filters = list(warnings.filters)
    before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1]  # noqa: NPY002
    torch.set_default_dtype(torch.float16)
    try:
        with torch.no_grad():
            check("tiny.double", meddling)
            assert not torch.is_grad_enabled()
        assert torch.get_default_dtype() == torch.float16
    finally:
        torch.set_default_dtype(torch.float32)
    after = torch.get_rng_state(), random.getstate(), np.random.get_state()[1]  # noqa: NPY002
    assert torch.equal(before[0], after[0])
    assert before[1] == after[1]
    assert np.array_equal(before[2], after[2])
    assert warnings.filters == filters


@pytest.mark.parametrize("before", ["cpu", "meta"])
def test_the_default_device_is_put_back(
    before: str, tiny: Question, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = []

    def meddling(x: Tensor) -> Tensor:
        seen.append(torch.ones(1).device.type)
        torch.set_default_device("meta")
        return 2 * x

    torch.set_default_device(None if before == "cpu" else before)
    try:
        check("tiny.double", meddling)
        after = torch.get_default_device().type
    finally:
        torch.set_default_device(None)
    assert capsys.readouterr().out == "double: 2 of 2 checks\n"
    assert set(seen) == {"cpu"}
    assert after == before


def test_numbers_compare_whatever_the_default_device() -> None:
    question = double(reference=lambda x: 2.5, mistakes=())
    torch.set_default_device("meta")
    try:
        assert all(examine(question, lambda x: 2.5, 0).passed)
    finally:
        torch.set_default_device(None)


def test_an_input_that_cannot_be_read_afterwards_is_told() -> None:
    def away(model: dict[str, Tensor]) -> float:
        model["E"] = model["E"].to("meta")
        return 1.0

    outcome = ask(away, {"model": {"E": torch.ones(2)}})
    assert isinstance(outcome, Raised)
    assert "meta" in outcome.message


def test_the_state_is_put_back_after_an_error_too(tiny: Question) -> None:
    def meddling(x: Tensor) -> Tensor:
        torch.manual_seed(0)
        raise ValueError

    torch.manual_seed(31)
    before = torch.get_rng_state()
    check("tiny.double", meddling)
    assert torch.equal(before, torch.get_rng_state())


def test_an_answer_runs_with_the_same_settings_wherever(tiny: Question) -> None:
    seen = []

    def answer(x: Tensor) -> Tensor:
        seen.append((torch.rand(()).item(), torch.get_default_dtype(), torch.is_grad_enabled()))
        return 2 * x

    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad():
            check("tiny.double", answer)
    finally:
        torch.set_default_dtype(torch.float32)
    torch.manual_seed(99)
    check("tiny.double", answer)
    assert seen[:3] == seen[3:]
    assert seen[0][1:] == (torch.float32, True)


def test_stopping_by_hand_gets_through(tiny: Question) -> None:
    with pytest.raises(KeyboardInterrupt):
        check("tiny.double", raising(KeyboardInterrupt()))


def test_tensors_that_lie_are_taken_at_their_numbers() -> None:
    def lying(x: Tensor) -> Tensor:
        class Liar(Tensor):
            @classmethod
            def __torch_function__(
                cls, func: object, types: object, args: object = (), kwargs: object = None
            ) -> object:
                return 2 * x  # the right answer, to whoever asks

            def detach(self) -> Tensor:
                return 2 * x

        return (9 * x).as_subclass(Liar)

    assert not any(examine(double(), lying, 0).passed)


def test_gradients_of_an_answer_are_left_alone() -> None:
    weight = torch.ones(3, requires_grad=True)
    assert all(examine(double(), lambda x: 2 * x * weight, 0).passed)


def test_asking_catches_and_copies() -> None:
    x = torch.ones(2)
    outcome = ask(in_place, {"x": x})
    assert isinstance(outcome, Returned)
    assert outcome.changed == ("x",)
    assert torch.equal(outcome.value, torch.full((2,), 2.0))
    assert torch.equal(x, torch.ones(2))
    assert ask(raising(ValueError("a\nb")), {"x": x}) == Raised("ValueError", "a")
