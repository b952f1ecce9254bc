"""luong.all_at_once: weights, contexts and attentional states of all target words; Section 3."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.growing import MANY, Loops
from attention_course.exercises.luong.all_at_once_answers import (
    all_states,
    double,
    einsum,
    mapped,
    torch_attention,
    words_first,
)
from attention_course.exercises.luong.all_at_once_mistakes import LOOPS, mistakes
from attention_course.exercises.luong.counting import TIMES, grown
from attention_course.exercises.question import Case, Draw, Inputs, Question
from attention_course.exercises.values import Value

ALL = 30  # of each, so that no loop is short, over whichever there are fewest of
OFTEN = 5  # that many calls of these sizes: a single one is over before it could be timed


def _sizes(inputs: Inputs) -> dict[str, int]:
    batch, target, _ = inputs["queries"].shape
    return {
        "sentences": batch,
        "target words": target,
        "source words": inputs["annotations"].shape[1],
    }


NO_LOOPS = Loops(LOOPS, _sizes, TIMES, all_states, ("queries", "annotations", "mask", "W_a", "W_c"))


def _inputs(words: int, n: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    def drawn(generator: Generator, words: int, n: int, lengths: list[int]) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        return {
            "queries": normal(generator, len(lengths), words, n, std=0.8, dtype=dtype),
            "annotations": normal(generator, *mask.shape, n, std=0.8, dtype=dtype),
            "mask": mask,
            "W_a": normal(generator, n, n, std=n**-0.5, dtype=dtype),
            "W_c": normal(generator, n, 2 * n, std=n**-0.5, dtype=dtype),
        }

    def draw(generator: Generator) -> dict[str, Value]:
        large = {
            "sentences": (2, 2, [2, 1] * (MANY // 2)),
            "target words": (MANY, 2, [2, 3]),
            "source words": (2, 2, [MANY, MANY - 7]),
        }
        few = drawn(generator, words, n, list(lengths))
        many = {name: drawn(generator, *sizes) for name, sizes in large.items()}
        all_ = [drawn(generator, ALL, 2, [ALL, ALL - 7] * (ALL // 2)) for _ in range(OFTEN)]
        return few | {"many": many, "both": {", ".join(large): all_}}

    return draw


QUESTION = Question(
    id="luong.all_at_once",
    answer="all_states",
    title="Do all target words at once",
    points=15,
    minutes=20,
    difficulty=2,
    kind="make faster",
    cases=(
        Case("padded sentences", _inputs(5, 6, 7, 4, 6)),
        Case("a batch of one", _inputs(6, 5, 4)),
        Case("equal sizes", _inputs(4, 4, 4, 2, 3, 4)),
        Case("double precision", _inputs(3, 5, 5, 2, dtype=torch.float64)),
    ),
    reference=all_states,
    mistakes=mistakes(NO_LOOPS),
    alternatives={
        "einsum, W_c in halves": einsum,
        "softmax over the first dimension, not contiguous": words_first,
        "PyTorch's attention without its scale": torch_attention,
        "double precision": double,
        "mapped": mapped,
    },
    ask=grown,
    second=NO_LOOPS.second(),
    judge=NO_LOOPS.judge,
    barred=(
        "attention_course.models.scores",
        "attention_course.models.luong",
        "attention_course.exercises.luong",
    ),
)
