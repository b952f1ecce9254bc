"""transformer.sublayer: the way past a part, and the normalisation; 1706.03762, Section 3.1."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Draw, Question
from attention_course.exercises.transformer.parts import with_part
from attention_course.exercises.transformer.sublayer_answers import (
    around,
    joined_up,
    moments,
    time_first,
    word_by_word,
)
from attention_course.exercises.transformer.sublayer_mistakes import MISTAKES
from attention_course.exercises.values import Value


def _inputs(
    order: str,
    batch: int,
    words: int,
    d: int,
    d_ff: int,
    *,
    loud: float = 1.0,
    dtype: torch.dtype = torch.float32,
) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        shift = normal(generator, batch, words, 1, dtype=dtype)  # so that the mean matters
        return {
            "x": loud * (shift + normal(generator, batch, words, d, dtype=dtype)),
            "order": order,
            "gain": 1 + normal(generator, d, std=0.3, dtype=dtype),
            "bias": normal(generator, d, std=0.5, dtype=dtype),
            "W_1": normal(generator, d, d_ff, std=d**-0.5, dtype=dtype),
            "W_2": normal(generator, d_ff, d, std=(2 / d_ff) ** 0.5, dtype=dtype),
        }

    return draw


QUESTION = Question(
    id="transformer.sublayer",
    answer="around",
    title="Write what stands around each part",
    points=14,
    minutes=12,
    difficulty=2,
    kind="write",
    cases=(
        Case("post", _inputs("post", 2, 4, 6, 9)),
        Case("pre", _inputs("pre", 3, 5, 4, 7)),
        Case("post, as many words as numbers", _inputs("post", 4, 4, 4, 5)),
        Case("pre, words with small numbers", _inputs("pre", 2, 3, 5, 8, loud=4e-3)),
        Case("post, words with tiny numbers", _inputs("post", 3, 2, 7, 6, loud=4e-4)),
        Case("post, in double precision", _inputs("post", 2, 3, 5, 4, dtype=torch.float64)),
    ),
    reference=around,
    mistakes=MISTAKES,
    alternatives={
        "word by word": word_by_word,
        "moments": moments,
        "time first, not contiguous": time_first,
        "both orders in one line": joined_up,
    },
    ask=with_part,
    barred=(
        "torch.batch_norm",
        "torch.group_norm",
        "torch.instance_norm",
        "torch.layer_norm",
        "torch.native_layer_norm",
        "torch.rms_norm",
        "torch.nn.modules.batchnorm",
        "torch.nn.modules.instancenorm",
        "torch.nn.modules.normalization",
        "torch.nn.functional.batch_norm",
        "torch.nn.functional.group_norm",
        "torch.nn.functional.instance_norm",
        "torch.nn.functional.layer_norm",
        "torch.nn.functional.rms_norm",
        "attention_course.models.transformer",
        "attention_course.models.transformer_layers",
        "attention_course.exercises.transformer",
    ),
)
