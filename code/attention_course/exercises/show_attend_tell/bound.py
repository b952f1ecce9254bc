"""show_attend_tell.bound: Σ_s p(s | a) log p(y | s, a) without trying every s; 1502.03044."""

from __future__ import annotations

import itertools

import torch
from torch import Generator

from attention_course.exercises.drawing import normal
from attention_course.exercises.growing import BOTH, MANY, Loops
from attention_course.exercises.question import Case, Draw, Inputs, Question
from attention_course.exercises.show_attend_tell.bound_answers import bound, double, einsum, flat
from attention_course.exercises.show_attend_tell.bound_mistakes import LOOPS, mistakes
from attention_course.exercises.show_attend_tell.counting import DIMENSIONS, TIMES, grown
from attention_course.exercises.values import Value

OFTEN = 8  # that many calls of a pair of sizes: a single one is over before it could be timed


def _sizes(inputs: Inputs) -> dict[str, int]:
    return dict(zip(DIMENSIONS, inputs["weights"].shape, strict=True))


NO_LOOPS = Loops(LOOPS, _sizes, TIMES, bound, ("weights", "log_p"))


def _inputs(pictures: int, words: int, places: int, dtype: torch.dtype = torch.float32) -> Draw:
    def drawn(generator: Generator, *size: int) -> dict[str, Value]:
        return {
            "weights": normal(generator, *size, std=1.5, dtype=dtype).softmax(-1),
            "log_p": -0.2 - normal(generator, *size, std=1.5, dtype=dtype).abs(),
        }

    def draw(generator: Generator) -> dict[str, Value]:
        few = drawn(generator, pictures, words, places)
        large = {
            many: drawn(generator, *(MANY if name == many else 2 for name in DIMENSIONS))
            for many in DIMENSIONS
        }
        both = {
            " and ".join(pair): [
                drawn(generator, *(BOTH if name in pair else 1 for name in DIMENSIONS))
                for _ in range(OFTEN)
            ]
            for pair in itertools.combinations(DIMENSIONS, 2)
        }
        return few | {"many": large, "both": both}

    return draw


QUESTION = Question(
    id="show_attend_tell.bound",
    answer="bound",
    title="Try all looks at once",
    points=10,
    minutes=15,
    difficulty=2,
    kind="make faster",
    # small: whoever still tries all ways to look, of twice the words too, shall not wait for it
    cases=(
        Case("several pictures", _inputs(4, 3, 2)),
        Case("a batch of one", _inputs(1, 4, 2)),
        Case("equal sizes", _inputs(3, 3, 3)),
        Case("double precision", _inputs(3, 2, 4, torch.float64)),
    ),
    reference=bound,
    mistakes=mistakes(NO_LOOPS),
    alternatives={
        "einsum": einsum,
        "products in double precision": double,
        "flat": flat,
    },
    ask=grown,
    second=NO_LOOPS.second(),
    judge=NO_LOOPS.judge,
    barred=("attention_course.exercises.show_attend_tell",),
)
