"""Each proof about a question is seen to fail on a question that is broken in one way."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from attention_course.authoring.proofs import answers, completeness, forms, inputs, signs
from attention_course.authoring.proofs.common import Problems
from attention_course.exercises import comparing
from attention_course.exercises.comparing import Problem, Rank
from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Mistake, Question, Sign
from torch import Generator, Tensor


def double(x: Tensor) -> Tensor:
    return 2 * x


def triple(x: Tensor) -> Tensor:
    return 3 * x


def draw(generator: Generator) -> dict[str, Tensor]:
    return {"x": normal(generator, 2, 3)}


WHOLE = Question(
    id="tiny.double",
    answer="double",
    title="Double it",
    points=4,
    minutes=5,
    difficulty=1,
    kind="write",
    cases=(Case("one", draw), Case("another", draw)),
    reference=double,
    mistakes=(
        Mistake("tripled", "you triple it", triple),
        Mistake("as it was", "you return it as it was", lambda x: x.clone()),
        Mistake("negative", "yours is negative", lambda x: -2 * x),
    ),
    alternatives={"a sum": lambda x: x + x, "a product": lambda x: x * 2},
    barred=("attention_course.training", "attention_course.training.fit"),
)
QUESTION_PROOFS = (
    answers.reference_passes,
    answers.alternatives_pass,
    answers.mistakes_are_named,
    answers.mistakes_are_far_apart,
    answers.no_work_wins_nothing,
    completeness.question_is_complete,
    forms.forms_pass,
    inputs.inputs_are_drawn,
    inputs.inputs_change,
    signs.signs_show_nothing_else,
)

Proof = Callable[[Question], Problems]


@pytest.mark.parametrize("proof", QUESTION_PROOFS)
def test_a_whole_question_has_no_problem(proof: Proof) -> None:
    assert list(proof(WHOLE)) == []


# ways of asking, judging, answering and drawing that are broken


def accept(*anything: object) -> None:
    """A judge that no answer fails."""


def refuse(*anything: object) -> Problem:
    return Problem(Rank.NUMBERS, "it is not right")


def single_only(given: Any, expected: Any, *others: Any) -> Problem | None:
    if given.dtype == torch.float64:
        return Problem(Rank.DTYPE, "too precise")
    return comparing.compare(given, expected, *others)


def excuse(answer: Callable[..., object], asked: Mapping[str, Any]) -> object:
    """A way of asking that takes every error for None."""
    try:
        return answer(*asked.values())
    except Exception:
        return None


def flat(answer: Callable[..., Any], asked: Mapping[str, Any]) -> object:
    return answer(*asked.values()).view(-1)


def array(answer: Callable[..., Any], asked: Mapping[str, Any]) -> object:
    return torch.from_numpy(answer(*asked.values()).numpy())


def fixed(generator: Generator) -> dict[str, Tensor]:
    return {"x": torch.ones(2, 3)}


def global_torch(generator: Generator) -> dict[str, Tensor]:
    return {"x": torch.randn(2, 3)}


def global_python(generator: Generator) -> dict[str, Tensor]:
    return {"x": torch.full((2, 3), random.random())}


def global_numpy(generator: Generator) -> dict[str, Tensor]:
    return {"x": torch.tensor(np.random.rand(2, 3))}  # noqa: NPY002


calls = itertools.count()


def counted(generator: Generator) -> dict[str, Tensor]:
    return {"x": torch.full((2,), float(next(calls)))}


def unstable(x: Tensor) -> Tensor:
    return 2 * x + next(calls)


def hinted(hint: str) -> dict[str, Any]:
    return {"mistakes": (*WHOLE.mistakes[:2], replace(WHOLE.mistakes[2], hint=hint))}


def mistaken(index: int, answer: Callable[..., object]) -> dict[str, Any]:
    changed = list(WHOLE.mistakes)
    changed[index] = replace(changed[index], answer=answer)
    return {"mistakes": tuple(changed)}


def signed(sign: Sign) -> dict[str, Any]:
    return {"mistakes": (*WHOLE.mistakes[:2], replace(WHOLE.mistakes[2], sign=sign))}


BROKEN = {
    "sign is always true": (
        answers.reference_passes,
        signed(lambda *anything: True),
        "the sign of the mistake 'negative' shows in what is right too",
    ),
    "sign is true of all that is wrong": (
        signs.signs_show_nothing_else,
        signed(lambda given, expected, inputs: bool((given != expected).any())),
        "the sign of the mistake 'negative' shows in what is right with noise too",
    ),
    "sign is true of zeros": (
        signs.signs_show_nothing_else,
        signed(lambda given, expected, inputs: bool((given * expected <= 0).all())),
        "the sign of the mistake 'negative' shows in zeros too",
    ),
    "refuses all": (answers.reference_passes, {"judge": refuse}, "the reference does not pass"),
    "reference is unstable": (
        answers.reference_passes,
        {"reference": unstable},
        "the reference does not pass",
    ),
    "alternative is wrong": (
        answers.alternatives_pass,
        {"alternatives": {"a sum": triple, "a product": double}},
        "the alternative 'a sum' is not accepted: double: hint: you triple it",
    ),
    "check cannot fail": (answers.mistakes_are_named, {"judge": accept}, "'tripled' passes"),
    "mistake is right": (
        answers.mistakes_are_named,
        mistaken(1, double),
        "the mistake 'as it was' passes",
    ),
    "hint is another's": (
        answers.mistakes_are_named,
        mistaken(1, triple),
        "the mistake 'as it was' is taken for tripled: double: hint: you triple it",
    ),
    "mistake raises": (
        answers.mistakes_are_named,
        mistaken(1, lambda x: x.nonsense()),
        "the mistake 'as it was' is taken for none that is known",
    ),
    "mistakes are alike": (
        answers.mistakes_are_far_apart,
        mistaken(1, lambda x: 3.000001 * x),
        "'tripled' and 'as it was' give the same",
    ),
    "mistake is nearly right": (
        answers.mistakes_are_far_apart,
        mistaken(1, lambda x: 2.0005 * x),
        "the reference and 'as it was' give the same",
    ),
    "no work wins": (
        answers.no_work_wins_nothing,
        {"judge": accept},
        "a function that returns zeros of the right shape wins 4 points",
    ),
    "lazy answer wins": (
        answers.no_work_wins_nothing,
        {"reference": lambda x: x.clone()},
        "a function that returns its first input wins 4 points",
    ),
    "stub is not told": (answers.no_work_wins_nothing, {"ask": excuse}, "a stub is not called one"),
    "one precision": (
        forms.forms_pass,
        {"judge": single_only},
        "in double precision is not accepted: double: hint: too precise",
    ),
    "contiguous only": (
        forms.forms_pass,
        {"ask": flat},
        "as tensors that are not contiguous is not accepted",
    ),
    "without gradients only": (
        forms.forms_pass,
        {"ask": array},
        "as tensors that need gradients is not accepted",
    ),
    "one input": (
        inputs.inputs_change,
        {"cases": (Case("one", draw), Case("another", fixed))},
        "with two seeds the same answer is right: another",
    ),
    "one answer": (
        inputs.inputs_change,
        {"reference": lambda x: torch.zeros(2, 3)},
        "with two seeds the same answer is right: one, another",
    ),
    "inputs from elsewhere": (
        inputs.inputs_are_drawn,
        {"cases": (Case("one", counted), Case("another", draw))},
        "its input 'x' depends on more than the generator that its draw is given, with: one",
    ),
    "inputs from torch's own generator": (
        inputs.inputs_are_drawn,
        {"cases": (Case("one", draw), Case("another", global_torch))},
        "its input 'x' depends on more than the generator that its draw is given, with: another",
    ),
    "inputs from Python's own generator": (
        inputs.inputs_are_drawn,
        {"cases": (Case("one", global_python), Case("another", global_numpy))},
        "its input 'x' depends on more than the generator that its draw is given, with: one, an",
    ),
    "inputs cannot be drawn": (
        inputs.inputs_are_drawn,
        {"cases": (Case("one", lambda generator: {"x": generator.nonsense}),)},
        "its case 'one' cannot be drawn: AttributeError: ",
    ),
    "no dictionary is drawn": (
        inputs.inputs_are_drawn,
        {"cases": (Case("one", lambda generator: [1.0]),)},
        "its case 'one' draws a list or tuple, expected a dictionary",
    ),
    "inputs cannot be sent": (
        inputs.inputs_are_drawn,
        {"cases": (Case("one", lambda generator: {"x": (1, 2)}),)},
        "its input 'x' is tuple, expected what can be sent",
    ),
    "reference raises": (
        answers.reference_passes,
        {"reference": lambda x: x.nonsense()},
        "the reference raises with the case 'one': AttributeError: 'Tensor' object has no",
    ),
    "one case": (completeness.question_is_complete, {"cases": WHOLE.cases[:1]}, "it has 1 case"),
    "cases of one name": (
        completeness.question_is_complete,
        {"cases": (Case("one", draw), Case("one", draw))},
        "two cases have one name",
    ),
    "two mistakes": (
        completeness.question_is_complete,
        {"mistakes": WHOLE.mistakes[:2]},
        "it knows 2 mistakes, expected at least 3",
    ),
    "mistakes of one name": (
        completeness.question_is_complete,
        {"mistakes": (*WHOLE.mistakes, replace(WHOLE.mistakes[0], hint="another"))},
        "two mistakes have one name",
    ),
    "mistakes of one hint": (
        completeness.question_is_complete,
        hinted("you triple it"),
        "two mistakes have one hint",
    ),
    "one alternative": (
        completeness.question_is_complete,
        {"alternatives": {"a sum": double}},
        "it has 1 alternatives, expected at least 2",
    ),
    "difficulty": (completeness.question_is_complete, {"difficulty": 4}, "difficulty is 4"),
    "points": (completeness.question_is_complete, {"points": 0}, "worth 0 points"),
    "minutes": (completeness.question_is_complete, {"minutes": 31}, "takes 31 minutes"),
    "barred": (
        completeness.question_is_complete,
        {"barred": ("attention_course.nonsense",)},
        "it bars attention_course.nonsense, which does not exist",
    ),
    "hint is empty": (completeness.question_is_complete, hinted(""), "'negative' is empty"),
    "hint has a stop": (
        completeness.question_is_complete,
        hinted("yours is negative."),
        "is not one sentence without a full stop",
    ),
    "hint is two": (
        completeness.question_is_complete,
        hinted("yours is negative. change that"),
        "is not one sentence without a full stop",
    ),
    "hint has lines": (
        completeness.question_is_complete,
        hinted("yours\nis"),
        "is not one sentence without a full stop",
    ),
    "hint begins large": (
        completeness.question_is_complete,
        hinted("Yours is negative"),
        "does not begin in lower case",
    ),
    "hint is long": (
        completeness.question_is_complete,
        hinted("far " * 51),
        "has 204 letters, expected at most 200",
    ),
}


@pytest.mark.parametrize(("proof", "broken", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_question_is_found(proof: Proof, broken: dict[str, Any], words: str) -> None:
    found = list(proof(replace(WHOLE, **broken)))
    assert any(words in problem for problem in found), found


def test_an_exact_sign_has_no_problem() -> None:
    exact = replace(
        WHOLE, **signed(lambda given, expected, inputs: bool((given == -expected).all()))
    )
    assert list(signs.signs_show_nothing_else(exact)) == []
    assert list(answers.reference_passes(exact)) == []
    assert list(answers.mistakes_are_named(exact)) == []


def test_what_fails_with_both_seeds_is_said_once() -> None:
    alternatives = {"a sum": triple, "a product": double}
    assert len(list(answers.alternatives_pass(replace(WHOLE, alternatives=alternatives)))) == 1
    twice = mistaken(1, double)
    assert len(list(answers.mistakes_are_named(replace(WHOLE, **twice)))) == 1
    assert len(list(answers.reference_passes(replace(WHOLE, judge=refuse)))) == 1


def test_every_proof_is_seen_to_fail() -> None:
    assert {proof for proof, *_ in BROKEN.values()} == set(QUESTION_PROOFS)


def test_half_precision_has_to_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_less_precise", lambda given, expected: False)
    coarse = replace(WHOLE, tolerance=replace(WHOLE.tolerance, absolute=0.1))
    found = list(forms.forms_pass(coarse))
    assert "the reference's output in half precision passes with one" in found


def test_parts_of_one_run_may_agree_but_not_all() -> None:
    def parts(x: Tensor) -> list[Tensor]:
        return [2 * x, torch.ones(2)]

    one = replace(WHOLE, reference=parts, cases=(Case("a", draw, 0), Case("b", draw, 1)))
    assert list(inputs.inputs_change(one)) == []
    all_ = replace(one, cases=(Case("a", fixed, 0), Case("b", fixed, 1)))
    assert list(inputs.inputs_change(all_)) == ["with two seeds the same answer is right: a, b"]
