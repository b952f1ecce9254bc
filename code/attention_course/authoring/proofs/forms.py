"""What is right passes in every form: more precise, strided, with gradients; not less precise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from attention_course.authoring.proofs.common import Problems, seeds, trains
from attention_course.exercises.asking import Answer, Outcome, Returned, ask
from attention_course.exercises.comparing import compare
from attention_course.exercises.judging import AnswerKey
from attention_course.exercises.question import Inputs, Question
from attention_course.exercises.values import Value, plain


def _strided(tensor: Tensor) -> Tensor:
    """The same numbers, two apart in memory."""
    return torch.stack([tensor, tensor], dim=-1)[..., 0]


def _needing_gradients(tensor: Tensor) -> Tensor:
    floating = tensor.is_floating_point()
    return tensor.detach().clone().requires_grad_() if floating else tensor


def _double(tensor: Tensor) -> Tensor:
    return tensor.double() if tensor.is_floating_point() else tensor


def _half(tensor: Tensor) -> Tensor:
    return tensor.half() if tensor.is_floating_point() else tensor


SAME: dict[str, Callable[[Tensor], Tensor]] = {
    "in double precision": _double,
    "as tensors that are not contiguous": _strided,
    "as tensors that need gradients": _needing_gradients,
}


def forms_pass(question: Question) -> Problems:
    """What the reference returns passes in other forms too; in half precision it does not.

    The half is demanded of the usual judge alone: a question's own may not look at precision.
    """
    if trains(question):  # what its answers do is returned as lists and numbers
        return
    for seed in seeds(question):
        drawn = question.draw(seed)
        raw, outcomes = _unprocessed(question, drawn)
        if not any(tensors(value) for value in raw):
            return
        key = AnswerKey(question, drawn)
        for name, change in SAME.items():
            verdict = key.judge([Returned(plain(changed(value, change))) for value in raw])
            if not all(verdict.passed):
                yield f"the reference's output {name} is not accepted: {verdict.line}"
        if question.judge is compare:
            yield from _half_is_refused(question, drawn, raw, outcomes)


def _unprocessed(question: Question, drawn: Sequence[Inputs]) -> tuple[list[Any], list[Outcome]]:
    """What the reference returns in each case before it is made a value, and as a value."""
    raw: list[Any] = []

    def how(answer: Answer, inputs: Inputs) -> object:
        raw.append(question.ask(answer, inputs))
        return raw[-1]

    outcomes = [ask(question.reference, question.sent(inputs), how) for inputs in drawn]
    return raw, outcomes


def _half_is_refused(
    question: Question, drawn: Sequence[Inputs], raw: list[Any], outcomes: list[Outcome]
) -> Problems:
    for case, inputs, value, outcome in zip(question.cases, drawn, raw, outcomes, strict=True):
        assert isinstance(outcome, Returned)
        expected: Value = outcome.value
        if case.part is not None:
            value, expected = value[case.part], expected[case.part]
        if not any(tensor.is_floating_point() for tensor in tensors(value)):
            continue
        half = plain(changed(value, _half))
        if question.judge(half, expected, inputs, question.tolerance) is None:
            yield f"the reference's output in half precision is accepted (with {case.name})"


def changed(thing: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same structure with every tensor changed."""
    if isinstance(thing, Tensor):
        return change(thing)
    if isinstance(thing, (list, tuple)):
        return [changed(item, change) for item in thing]
    if isinstance(thing, dict):
        return {key: changed(item, change) for key, item in thing.items()}
    return thing


def tensors(thing: Any) -> list[Tensor]:
    """Every tensor in it."""
    found: list[Tensor] = []

    def keep(tensor: Tensor) -> Tensor:
        found.append(tensor)
        return tensor

    changed(thing, keep)
    return found
