"""The engine: what it says in general, what it leaves as it was, and which mistake it names."""

from __future__ import annotations

import random
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from attention_course.exercises import check, checking, progress, registry
from attention_course.exercises.asking import Raised, Returned, ask
from attention_course.exercises.judging import examine
from attention_course.exercises.question import Case, Exercise, Mistake, Question
from torch import Generator, Tensor

Draw = Callable[[Generator], dict[str, object]]


def numbers(*shape: int, dtype: torch.dtype = torch.float32) -> Draw:
    return lambda generator: {"x": torch.randn(*shape, generator=generator).to(dtype)}


def double(**changes: object) -> Question:
    """A question: twice the input, x (2, 3) or (1, 3)."""
    settings: dict[str, object] = {
        "id": "tiny.double",
        "answer": "double",
        "title": "Double it",
        "points": 10,
        "minutes": 1,
        "difficulty": 1,
        "kind": "write",
        "cases": (Case("two rows", numbers(2, 3)), Case("one row", numbers(1, 3))),
        "reference": lambda x: 2 * x,
        "mistakes": (
            Mistake("triple", "that is three times the input", lambda x: 3 * x),
            Mistake("square", "that is the square", lambda x: x * x),
            Mistake("first row", "only the first row", lambda x: 2 * x[:1].expand_as(x)),
        ),
    }
    return Question(**(settings | changes))  # type: ignore[arg-type]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Question:
    """The question above, where `check` finds it."""
    exercise = Exercise(9, "tiny", "Tiny", (double(),))
    monkeypatch.setattr(registry, "names", lambda: ["tiny"])
    monkeypatch.setattr(registry, "exercise", lambda name: exercise)
    monkeypatch.setattr(checking, "_verdicts", {})
    monkeypatch.setattr(checking, "_keys", {})
    return exercise.questions[0]


def line(answer: Callable[..., object]) -> str:
    return examine(double(), answer, 0).line


def raising(error: BaseException) -> Callable[..., object]:
    def answer(x: Tensor) -> Tensor:
        raise error

    return answer


def in_place(x: Tensor) -> Tensor:
    return x.mul_(2)


class Odd(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


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


# --- which mistake ---------------------------------------------------------------------------


def test_the_mistake_that_fits_all_cases_is_named() -> None:
    def sometimes(x: Tensor) -> Tensor:
        return 3 * x if len(x) == 2 else x * x

    first = Mistake("triple", "three times", lambda x: 3 * x)
    exact = Mistake("both", "both", sometimes)
    assert examine(double(mistakes=(first, exact)), sometimes, 0).mistake == "both"


def test_the_mistake_that_explains_most_is_named() -> None:
    cases = tuple(Case(str(n), numbers(n, 3)) for n in (1, 2, 3))

    def answer(x: Tensor) -> Tensor:
        return 3 * x if len(x) == 1 else x * x

    assert examine(double(cases=cases), answer, 0).mistake == "square"


def test_one_agreement_among_many_failures_is_taken_for_chance() -> None:
    cases = tuple(Case(str(n), numbers(n, 3)) for n in (1, 2, 3))

    def answer(x: Tensor) -> Tensor:
        return x * x if len(x) == 1 else 5 * x

    verdict = examine(double(cases=cases), answer, 0)
    assert verdict.mistake is None
    assert "the right shape, but" in verdict.line


def test_stumbling_alone_shows_no_mistake() -> None:
    stumbles = Mistake("stumbles", "it stumbles", raising(ValueError("a")))
    verdict = examine(double(mistakes=(stumbles,)), raising(ValueError("b")), 0)
    assert verdict.mistake is None
    assert "raises ValueError: b" in verdict.line


def test_a_mistake_that_does_no_harm_here_explains_nothing() -> None:
    """Right numbers from an answer that spoils its input are no sign of a harmless mistake."""
    assert examine(double(), in_place, 0).mistake is None
    harmless = Mistake("no mistake here", "never said", lambda x: 2 * x)
    assert examine(double(mistakes=(harmless,)), in_place, 0).mistake is None


def test_nan_is_recognised_as_a_mistakes_own() -> None:
    own = Mistake("zero below", "you divide by zero", lambda x: x / 0 - x / 0)
    assert examine(double(mistakes=(own,)), lambda x: x * float("nan"), 0).mistake == "zero below"


def test_a_sign_is_enough() -> None:
    shows = Mistake(
        "large", "much too large", lambda x: 99 * x, sign=lambda given, *_: given.abs().max() > 50
    )
    question = double(mistakes=(shows,))
    assert examine(question, lambda x: 1e3 * x, 0).mistake == "large"
    assert examine(question, lambda x: 2.5 * x, 0).mistake is None
    assert examine(question, lambda x: 2 * x, 0).hint == ""


def test_parts_share_one_run() -> None:
    calls = []

    def answer(x: Tensor) -> dict[str, object]:
        calls.append(1)
        return {"sum": float(x.sum()), "shape": x.shape}

    def wrong(x: Tensor) -> dict[str, object]:
        return answer(x) | {"shape": (3, 2)}

    question = double(
        cases=(Case("sum", numbers(2, 3), part="sum"), Case("shape", numbers(2, 3), part="shape")),
        reference=answer,
        mistakes=(Mistake("turned", "turned round", wrong),),
    )
    calls.clear()
    verdict = examine(question, answer, 0)
    assert all(verdict.passed)
    assert len(calls) == 2  # the learner's and the reference's
    verdict = examine(question, wrong, 0)
    assert verdict.line == "double: hint: turned round (1 of 2 checks; not: shape)"
    assert verdict.points == 5
    missing = examine(question, lambda x: {"sum": float(x.sum())}, 0)
    assert "no key 'shape'" in missing.line
    assert missing.passed == (True, False)
    none = examine(question, lambda x: {"sum": None, "shape": [None, 3]}, 0)
    assert none.line == "double: hint: your 'sum' is None, expected a number"
    inner = examine(question, lambda x: answer(x) | {"shape": [None, 3]}, 0)
    assert "number 1 of your 'shape' is None, expected a number" in inner.line


def test_parts_of_a_list_are_named_by_their_place() -> None:
    question = double(
        cases=(Case("the sum", numbers(2, 3), part=0), Case("the rows", numbers(2, 3), part=1)),
        reference=lambda x: (float(x.sum()), [[1, 2], [3, 4]]),
        mistakes=(),
    )
    said = examine(question, lambda x: (None, 1), 0).line
    assert said == "double: hint: part 1 of your answer (the sum) is None, expected a number"
    array = np.array([[1, 2], [3, 4]])
    assert all(examine(question, lambda x: (float(x.sum()), array), 0).passed)
    whole = np.array([1.0, 2.0])
    assert (
        "part 2 of your answer (the rows) is a number" in examine(question, lambda x: whole, 0).line
    )


def test_what_is_kept_back_never_reaches_the_answer() -> None:
    seen = []

    def answer(x: Tensor) -> Tensor:
        seen.append(x)
        return 2 * x

    def draw(generator: Generator) -> dict[str, object]:
        x = torch.randn(3, generator=generator)
        return {"x": x, "gold": 2 * x}

    def judge(given: Tensor, expected: dict[str, Tensor], *_: object) -> None:
        torch.testing.assert_close(given, expected["gold"])

    question = double(
        cases=(Case("only", draw),), kept_back=("gold",), judge=judge, reference=raising(Odd())
    )
    assert all(examine(question, answer, 0).passed)
    assert len(seen) == 2


# --- what it leaves as it was ----------------------------------------------------------------


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
