"""transformer.smoothing: label smoothing, and the gradient of it; 1706.03762, Section 5.4."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.comparing import Problem, Rank, compare, one_number
from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.question import Case, Draw, Inputs, Question
from attention_course.exercises.transformer.picking import one_of_both
from attention_course.exercises.transformer.smoothing_answers import (
    in_two_parts,
    smoothed_loss,
    vocabulary_first,
    word_by_word,
)
from attention_course.exercises.transformer.smoothing_mistakes import MISTAKES
from attention_course.exercises.values import Tolerance, Value

# In a small vocabulary finite differences are right, even in double precision. In one of so many
# words, with a pass for each logit, they take 2 CPU seconds or more, and an answer may take one.
MANY = 30_000


def _inputs(
    wanted: str,
    vocabulary: int,
    *lengths: int,
    large: float = 0.0,
    dtype: torch.dtype = torch.float32,
) -> Draw:
    """`large` is added to the logits, and taken off some of them."""

    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        logits = normal(generator, *mask.shape, vocabulary, std=1.5, dtype=dtype)
        logits[..., ::2] += large
        return {
            "logits": logits,
            "target": integers(generator, 1, vocabulary, *mask.shape) * mask,
            "mask": mask,
            "smoothing": 0.1 + 0.3 * float(torch.rand(1, generator=generator)),
            "wanted": wanted,
        }

    return draw


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Equal tensors; of whoever does not work out two things, that is said."""
    if isinstance(given, dict):  # how `one_of_both` says so
        return RECORDED if "recorded" in given else NO_PAIR
    if inputs["wanted"] == "loss":
        given, expected = one_number(given), one_number(expected)
    return compare(given, expected, inputs, tolerance)


NO_PAIR = Problem(Rank.NOTHING, "your function has to return two things, the loss and its gradient")
RECORDED = Problem(
    Rank.NOTHING,
    "your function has torch record what it computes, for a way back: the gradient is to be "
    "derived with a pencil, and written down",
)

QUESTION = Question(
    id="transformer.smoothing",
    answer="smoothed_loss",
    title="Smooth the labels, and derive the gradient",
    points=14,
    minutes=12,
    difficulty=3,
    kind="write",
    cases=(
        Case("the loss of padded sentences", _inputs("loss", 7, 6, 2, 3)),
        Case("the loss of one sentence", _inputs("loss", 5, 4)),
        Case("the loss of large logits", _inputs("loss", 6, 5, 3, large=150.0)),
        Case("the gradient for padded sentences", _inputs("gradient", 7, 5, 3, 2)),
        Case("the gradient for one sentence", _inputs("gradient", 5, 4)),
        Case("the gradient in double precision", _inputs("gradient", 4, 4, 2, dtype=torch.float64)),
        Case("a vocabulary of 30 000", _inputs("gradient", MANY, 1, dtype=torch.float64)),
    ),
    reference=smoothed_loss,
    mistakes=MISTAKES,
    alternatives={
        "in two parts": in_two_parts,
        "word by word, double precision": word_by_word,
        "vocabulary first, not contiguous": vocabulary_first,
    },
    ask=one_of_both,
    judge=judge,
    barred=(
        # not all of torch.autograd, the home of no_grad; what records gradients ends in the check
        "torch.autograd.backward",
        "torch.autograd.forward_ad",
        "torch.autograd.functional",
        "torch.autograd.grad",
        "torch.autograd.graph",
        "torch.func",
        "functorch",
        "torch.Tensor.backward",  # a thread of its own would have it record again
        "torch.nn.CrossEntropyLoss",
        "torch.nn.functional.cross_entropy",
        "attention_course.training",
        "attention_course.exercises.transformer",
    ),
    seconds=1.0,
)
