"""show_attend_tell.reinforce: a loss whose gradient is REINFORCE's; 1502.03044, hard attention."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.question import Case, Draw, Inputs, Question
from attention_course.exercises.show_attend_tell.gradients import gradients
from attention_course.exercises.show_attend_tell.reinforce_answers import (
    caption_by_caption,
    categorical,
    reinforce_loss,
    value_kept,
)
from attention_course.exercises.show_attend_tell.reinforce_mistakes import MISTAKES
from attention_course.exercises.values import Tolerance, Value


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Equal gradients; the value of the loss is left to the answer, since it tells nothing."""
    if "loss" in expected:  # that of a known mistake
        return compare(given.get("loss"), expected["loss"], inputs, tolerance)
    if "loss" in given:
        loss = given["loss"]
        if isinstance(loss, Tensor) and loss.numel() == 1:
            return Problem(
                Rank.NOTHING,
                "no gradient goes back from the loss that you return: detach the reward alone",
            )
        if isinstance(loss, Tensor):
            shape = tuple(loss.shape)
            return Problem(Rank.SHAPE, f"your loss has shape {shape}, expected a single number")
        return compare(loss, torch.zeros(()), inputs, tolerance)
    return _named(given, expected, inputs, tolerance)


def _named(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    for name, where in {"words": "log_p", "scores": "the scores behind the weights"}.items():
        problem = compare(
            given[name], expected[name], inputs, tolerance, f"the gradient of your loss at {where}"
        )
        if problem:
            return problem
    return None


def _inputs(places: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        baseline = -4 - float(torch.rand(1, generator=generator))
        share = torch.rand(len(lengths), generator=generator, dtype=dtype)
        # by turns worse and, by more, better than usual: a sign that is lost has to show
        worse = torch.arange(len(lengths)) % 2 == 0
        return {
            "log_p": baseline + torch.where(worse, -0.3 - share / 2, 1 + share),
            "scores": normal(generator, *mask.shape, places, dtype=dtype),
            "places": integers(generator, 0, places, *mask.shape),
            "mask": mask,
            "baseline": baseline,
            "reward": 0.2 + 0.6 * float(torch.rand(1, generator=generator)),
        }

    return draw


QUESTION = Question(
    id="show_attend_tell.reinforce",
    answer="reinforce_loss",
    title="Write a loss for a draw",
    points=16,
    minutes=25,
    difficulty=3,
    kind="write",
    cases=(
        Case("captions of unequal length", _inputs(6, 5, 3, 4)),
        Case("a batch of one", _inputs(5, 4)),
        Case("as many places as words and captions", _inputs(4, 4, 3, 2, 4)),
        Case("captions of one word", _inputs(3, 1, 1)),
        Case("double precision", _inputs(7, 2, 5, dtype=torch.float64)),
    ),
    reference=reinforce_loss,
    mistakes=MISTAKES,
    alternatives={
        "Categorical": categorical,
        "caption by caption": caption_by_caption,
        "the value kept": value_kept,
    },
    ask=gradients,
    judge=judge,
    barred=(
        "attention_course.models.captions",
        "attention_course.exercises.show_attend_tell",
    ),
)
