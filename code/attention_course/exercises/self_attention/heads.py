"""self_attention.heads: many heads without a loop; 1706.03762, Section 3.2.2."""

from __future__ import annotations

import itertools

import torch
from torch import Generator

from attention_course.exercises.drawing import normal
from attention_course.exercises.growing import BOTH, MANY, Loops
from attention_course.exercises.question import Case, Draw, Inputs, Question
from attention_course.exercises.self_attention.counting import TIMES, grown
from attention_course.exercises.self_attention.heads_answers import (
    all_heads,
    as_texts,
    einsum,
    stacked,
)
from attention_course.exercises.self_attention.heads_mistakes import LOOPS, mistakes
from attention_course.exercises.values import Value


def _sizes(inputs: Inputs) -> dict[str, int]:
    batch, asking, _ = inputs["queries"].shape
    return {
        "heads": inputs["heads"],
        "texts": batch,
        "words that ask": asking,
        "words that are asked": inputs["keys"].shape[1],
    }


NO_LOOPS = Loops(
    LOOPS,
    _sizes,
    TIMES,
    all_heads,
    ("queries", "keys", "values", "W_O", "heads"),
    slack={"heads": 3.0},
)


def _drawn(
    generator: Generator, *sizes: int, dtype: torch.dtype = torch.float32
) -> dict[str, Value]:
    batch, asking, asked, heads, d_k, n = sizes
    d = heads * d_k
    # every score has a variance of about 4 before the division: nothing saturates
    std = (4 / d_k) ** 0.25
    return {
        "queries": normal(generator, batch, asking, d, std=std, dtype=dtype),
        "keys": normal(generator, batch, asked, d, std=std, dtype=dtype),
        "values": normal(generator, batch, asked, d, dtype=dtype),
        "W_O": normal(generator, d, n, std=d**-0.5, dtype=dtype),
        "heads": heads,
    }


FEW = {"texts": 1, "words that ask": 2, "words that are asked": 2, "heads": 1, "d_k": 2, "n": 1}
# Each head has so much to do that to take thousands of them apart by `chunk`, and to stack them
# again, costs up to 2.2 times as much as the reference; loops 30 times. So 9 times is allowed here.
MANY_HEADS = {"texts": 2, "words that ask": 6, "words that are asked": 6, "d_k": 4}
MANY_HEADS |= {"heads": MANY // 3}  # which is enough for that, and a third of the time


def _large(generator: Generator, **sizes: int) -> dict[str, Value]:
    """Inputs in which there are so many of the things with these names, and few of all others."""
    return _drawn(generator, *(FEW | sizes).values())


def _inputs(*sizes: int, dtype: torch.dtype = torch.float32) -> Draw:
    """Sizes are those of batch, words that ask and are asked, heads, a head, and the output."""

    def draw(generator: Generator) -> dict[str, Value]:
        larger = {name: {name: MANY} for name in LOOPS} | {"heads": MANY_HEADS}
        many = {name: _large(generator, **sizes) for name, sizes in larger.items()}
        both = {
            f"{one} and {other}": [
                _large(generator, **{one: BOTH, other: BOTH}) for _ in range(TIMES)
            ]
            for one, other in itertools.combinations(LOOPS, 2)
        }
        return _drawn(generator, *sizes, dtype=dtype) | {"many": many, "both": both}

    return draw


QUESTION = Question(
    id="self_attention.heads",
    answer="all_heads",
    title="Do all heads at once",
    points=16,
    minutes=15,
    difficulty=2,
    kind="make faster",
    cases=(
        Case("several texts", _inputs(3, 4, 5, 2, 3, 7)),
        Case("equal sizes, double precision", _inputs(4, 4, 4, 4, 4, 16, dtype=torch.float64)),
    ),
    reference=all_heads,
    mistakes=mistakes(NO_LOOPS),
    alternatives={
        "einsum": einsum,
        "chunks stacked, exponentials": stacked,
        "heads as texts, double precision": as_texts,
    },
    ask=grown,
    second=NO_LOOPS.second(),
    judge=NO_LOOPS.judge,
    barred=(
        "attention_course.models.self_attention",
        "attention_course.models.transformer",
        "attention_course.exercises.self_attention",
        "torch.nn.functional.scaled_dot_product_attention",
        "torch.nn.functional.multi_head_attention_forward",
        "torch.nn.MultiheadAttention",
    ),
)
