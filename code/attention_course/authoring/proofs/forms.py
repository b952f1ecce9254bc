"""What is right passes in every form: more precise, strided, with gradients; not less precise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from attention_course.authoring.proofs.common import Problems, seeds, trains
from attention_course.exercises.asking import Answer, Returned
from attention_course.exercises.comparing import compare
from attention_course.exercises.judging import AnswerKey
from attention_course.exercises.putting import put
from attention_course.exercises.question import Inputs, Question
from attention_course.exercises.values import Value, plain

Change = Callable[[Tensor], Tensor]


def _strided(tensor: Tensor) -> Tensor:
    """The same numbers, column by column and two apart in memory."""
    turned = tensor.mT if tensor.dim() >= 2 else tensor
    apart = torch.stack([turned, turned], dim=-1)[..., 0]
    return apart.mT if tensor.dim() >= 2 else apart


def _needing_gradients(tensor: Tensor) -> Tensor:
    if tensor.requires_grad or not tensor.is_floating_point():
        return tensor  # of a loss, the way back to what it was made of is what counts
    return tensor.detach().clone().requires_grad_()


LAYOUTS = {
    "as tensors that are not contiguous": _strided,
    "as tensors that need gradients": _needing_gradients,
}


def forms_pass(question: Question) -> Problems:
    """What the reference returns passes in other forms too; in half precision it does not.

    The half is demanded of the usual judge alone: a question's own may not look at precision.
    """
    if trains(question):  # its answers return nothing
        return
    for seed in seeds(question):
        key = AnswerKey(question, question.draw(seed))
        returned = _returned(question, key.drawn)
        if not any(tensors(value) for value in returned):
            return
        for name, change in LAYOUTS.items():
            verdict = key.judge(put(question, _in_layout(question, change), key.drawn))
            if not all(verdict.passed):
                yield f"the reference's output {name} is not accepted: {verdict.line}"
        # not by another answer: a state in double precision would meet a model in single
        double = [Returned(plain(changed(value, _to(torch.float64)))) for value in returned]
        verdict = key.judge(double)
        if not all(verdict.passed):
            yield f"the reference's output in double precision is not accepted: {verdict.line}"
        if question.judge is compare:
            half = [Returned(plain(changed(value, _to(torch.float16)))) for value in returned]
            rows = zip(question.cases, key.judge(half).passed, returned, strict=True)
            for case, passed, value in rows:
                part = value if case.part is None else value[case.part]
                if passed and any(tensor.is_floating_point() for tensor in tensors(part)):
                    yield f"the reference's output in half precision passes with {case.name}"


def _returned(question: Question, drawn: Sequence[Inputs]) -> list[Value]:
    """What the reference returns in each case."""
    outcomes = put(question, question.reference, drawn)
    return [outcome.value for outcome in outcomes if isinstance(outcome, Returned)]


def _in_layout(question: Question, change: Change) -> Answer:
    return lambda *inputs: changed(question.reference(*inputs), change)


def _to(dtype: torch.dtype) -> Change:
    return lambda tensor: tensor.to(dtype) if tensor.is_floating_point() else tensor


def changed(thing: Any, change: Change) -> Any:
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
