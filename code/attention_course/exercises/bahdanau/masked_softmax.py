"""bahdanau.masked_softmax: weights over the real words alone, whatever the scores."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.bahdanau.masked_softmax_answers import ALTERNATIVES, masked_softmax
from attention_course.exercises.bahdanau.masked_softmax_mistakes import MISTAKES
from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.question import Case, Draw, Question
from attention_course.exercises.values import Value


def _inputs(*lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        scores = normal(generator, *mask.shape, dtype=dtype)
        return {"scores": scores, "mask": mask}

    return draw


def _large(generator: Generator) -> dict[str, Value]:
    """Scores whose exp is infinite or zero, the largest of them at the padding.

    What stands at padding is meaningless, so it may be larger than any number taken off it.
    """
    mask = padding_mask(6, 4, 3, 5)
    level = torch.tensor([1000.0, 1000.0, -1000.0, 1000.0])[:, None]
    scores = 2 * normal(generator, *mask.shape) + level
    padding = torch.cat([scores[:3] + 200, torch.full_like(scores[3:], 1e30)])
    return {"scores": torch.where(mask, scores, padding), "mask": mask}


QUESTION = Question(
    id="bahdanau.masked_softmax",
    answer="masked_softmax",
    title="Find the bugs in a masked softmax",
    points=15,
    minutes=15,
    difficulty=2,
    kind="repair",
    cases=(
        Case("padded sentences", _inputs(6, 3, 5, 1)),
        Case("a batch of one", _inputs(5)),
        Case("double precision", _inputs(4, 7, dtype=torch.float64)),
        Case("large scores", _large),
        Case("a sentence of nothing but padding", _inputs(4, 0, 2)),
        Case("as many sentences as words", _inputs(4, 2, 3, 4)),
    ),
    reference=masked_softmax,
    mistakes=MISTAKES,
    alternatives=ALTERNATIVES,
    barred=("attention_course.models.masks", "attention_course.exercises.bahdanau"),
)
