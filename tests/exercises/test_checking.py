"""The engine: what it says in general, of names, of progress, and how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import torch
from attention_course.exercises import check, progress, registry
from attention_course.exercises.judging import examine
from attention_course.exercises.question import Case, Exercise, Question
from tiny_question import Odd, double, in_place, line, raising
from torch import Tensor

# --- the line --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: 2 * x, "2 of 2 checks"),
        (lambda x: (x + x).double().T.contiguous().T, "2 of 2 checks"),
        (lambda x: torch.nn.Parameter(2 * x), "2 of 2 checks"),
        (raising(NotImplementedError()), "hint: not written yet"),
        (raising(NotImplementedError("write your answer here")), "hint: not written yet"),
        (
            lambda x: (x > 0).softmax(-1),
            'raises NotImplementedError: "softmax_lastdim_kernel_impl" not implemented for',
        ),
        (raising(ValueError("no good\nat all")), "hint: your function raises ValueError: no good"),
        (raising(SystemExit(0)), "hint: your function raises SystemExit: 0"),
        (raising(Odd()), "hint: your function raises Odd"),
        (lambda: 1, "hint: your function raises TypeError"),
        (lambda x: None, "hint: your function returns None, expected a tensor: is the return"),
        (lambda x: 2.0, "hint: your function returns a number, expected a tensor"),
        (lambda x: [2 * x], "hint: your function returns a list or tuple, expected a tensor"),
        (lambda x: object(), "hint: your function returns a value of type object, expected a"),
        (
            lambda x: (2 * x).numpy(),
            "returns a value of type ndarray, expected a tensor: torch.from_numpy makes it one",
        ),
        (lambda x: {1}, "hint: your function returns a value of type set, expected a tensor"),
        (lambda x: (2 * x).T, "hint: your answer has shape (3, 2), expected (2, 3)"),
        (lambda x: (2 * x).long(), "hint: your answer has dtype torch.int64, expected torch.flo"),
        (lambda x: (2 * x).half(), "hint: your answer has dtype torch.float16, expected torch.f"),
        (lambda x: (2 * x) / 0, "hint: your answer has NaN or infinity in 6 of 6 places"),
        (in_place, "hint: your function changes its input `x` in place"),
        (
            lambda x: 7 * x,
            "hint: your answer has the right shape, but none of its 6 numbers is right",
        ),
        (lambda x: 3 * x, "hint: that is three times the input"),
        (lambda x: 2 * x[:1].expand_as(x), "hint: only the first row (1 of 2 checks; not: two r"),
        (lambda x: 2 * x if len(x) == 1 else 9 * x, "(1 of 2 checks; not: two rows)"),
    ],
)
def test_what_it_says(answer: Callable[..., object], words: str) -> None:
    said = line(answer)
    assert said.startswith("double: ")
    assert words in said
    assert "\n" not in said


def test_it_says_the_same_each_time() -> None:
    assert len({line(lambda x: 2 * x + torch.rand(())) for _ in range(5)}) == 1


def test_the_first_of_several_problems_is_told() -> None:
    """A missing body comes before what raises, that before a shape, that before numbers."""

    def answer(x: Tensor) -> Tensor:
        if len(x) == 2:
            return 7 * x
        raise ValueError("one row")

    assert "raises ValueError: one row" in line(answer)


def test_a_long_message_is_cut() -> None:
    assert len(line(raising(ValueError("x" * 5000)))) < 250


def test_a_changed_input_is_told_though_the_numbers_are_right() -> None:
    verdict = examine(double(), in_place, 0)
    assert verdict.passed == (False, False)
    assert verdict.mistake is None


def test_the_next_case_gets_inputs_of_its_own() -> None:
    seen: list[Tensor] = []

    def answer(x: Tensor) -> Tensor:
        seen.append(x)
        return 2 * x

    question = double()
    drawn = question.draw(0)
    drawn = [*drawn, drawn[0]]  # in the end the first case once more
    examine(question, answer, 0)
    assert all(torch.equal(a, b["x"]) for a, b in zip(seen, drawn, strict=True))
    assert all(a is not b["x"] for a, b in zip(seen, drawn, strict=True))


def test_an_answer_that_remembers_is_found_out() -> None:
    """Right in every case, and wrong as soon as it has seen the inputs before."""
    seen: list[float] = []

    def answer(x: Tensor) -> Tensor:
        known = x.sum().item() in seen
        seen.append(x.sum().item())
        return x if known else 2 * x

    verdict = examine(double(), answer, 0)
    assert verdict.passed == (False, True)
    assert "asked the same again" in verdict.line


def test_an_answer_may_count_for_itself() -> None:
    count = 0

    def answer(x: Tensor) -> Tensor:
        nonlocal count
        count += 1
        return 2 * x

    assert all(examine(double(), answer, 0).passed)


# --- names, progress, time -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("bahdanau.score", "bahdanau.scores"),
        ("bahdanaus.scores", "bahdanau.scores"),
        ("scores", "bahdanau."),
        ("encoder_decoder.los", "encoder_decoder.loss"),
        ("bahdanau.stepp", "bahdanau.step"),
        ("", "bahdanau."),
        (None, "bahdanau."),
        (["bahdanau.scores"], "bahdanau.scores"),
        (["a"], "bahdanau."),
    ],
)
def test_an_unknown_question_is_named_with_its_neighbours(wrong: Any, near: str) -> None:
    with pytest.raises(ValueError, match="did you mean") as error:
        check(wrong, lambda: 1)
    assert repr(wrong) in str(error.value)
    assert f"did you mean {near}" in str(error.value)


def test_an_unknown_exercise_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="expected one of: bahdanau, encoder_decoder"):
        progress("bahdanow")


@pytest.mark.parametrize("thing", [5, None, torch.ones(2), [1], "double"])
def test_what_is_no_function_is_named(
    thing: object, tiny: Question, capsys: pytest.CaptureFixture[str]
) -> None:
    check("tiny.double", thing)  # type: ignore[arg-type]
    assert "expected the function itself" in capsys.readouterr().out


def test_progress_counts_the_last_check_of_each_question(
    tiny: Question, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> str:
        capsys.readouterr()
        progress("tiny")
        return capsys.readouterr().out

    end = "(the graded run uses other inputs)\n"
    not_run = "check not run in this session: double"
    assert said() == f"exercise 9: 0 of 10 points so far; {not_run} {end}"
    check("tiny.double", lambda x: 2 * x[:1].expand_as(x))
    assert said() == f"exercise 9: 5 of 10 points so far; still open: double {end}"
    check("tiny.double", lambda x: 2 * x)
    assert said() == f"exercise 9: 10 of 10 points so far {end}"
    check("tiny.double", lambda x: 3 * x)
    assert said() == f"exercise 9: 0 of 10 points so far; still open: double {end}"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "Tiny double"}, "expected exercise.name"),
        ({"cases": ()}, "has no cases"),
        ({"kind": "wrote"}, "kind of tiny.double is 'wrote', expected one of: write, repair"),
        ({"cases": (Case("a", part=0), Case("b"))}, "all or none"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        double(**changes)


def test_an_exercise_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Exercise(1, "tiny", "", (double(), double()))
    with pytest.raises(ValueError, match="stands in exercise other"):
        Exercise(1, "other", "", (double(),))


def test_a_reference_that_raises_is_a_fault_of_the_course() -> None:
    with pytest.raises(RuntimeError, match=r"the reference of tiny\.double raised"):
        examine(double(reference=raising(ValueError("oh"))), lambda x: x, 0)


def test_time_of_a_check(record_property: Callable[[str, object], None]) -> None:
    """Measured, for the report; asserted is only that no check takes seconds."""
    for name in registry.names():
        for question in registry.exercise(name).questions:
            if question.kind == "train":
                continue
            examine(question, question.reference, 0)
            start = time.process_time()
            examine(question, question.mistakes[-1].answer, 0)
            seconds = time.process_time() - start
            record_property(question.id, f"{1e3 * seconds:.0f} ms")
            assert seconds < 2
