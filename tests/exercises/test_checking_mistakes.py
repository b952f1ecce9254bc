"""The engine: which mistake it names, and what it keeps from answers."""

from __future__ import annotations

import numpy as np
import torch
from attention_course.exercises.judging import examine
from attention_course.exercises.question import Case, Mistake
from tiny_question import Odd, double, in_place, numbers, raising
from torch import Generator, Tensor


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
