"""transformer.sublayer: the way past a part, and the normalisation; 1706.03762, Section 3.1."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.transformer.parts import with_part
from attention_course.exercises.transformer.sublayer_answers import (
    around,
    around_with,
    joined_up,
    moments,
    time_first,
    with_normal,
    word_by_word,
)
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
        Case("post, words with small numbers", _inputs("post", 3, 2, 7, 6, loud=4e-3)),
        Case("post, in double precision", _inputs("post", 2, 3, 5, 4, dtype=torch.float64)),
    ),
    reference=around,
    mistakes=(
        Mistake(
            "exchanged",
            'you have exchanged the two: "post" normalises the sum, "pre" what the part gets',
            around_with(post="pre", pre="post"),
        ),
        Mistake(
            "always post",
            'right for "post", but you normalise in this way for "pre", too: look at order',
            around_with(pre="post"),
        ),
        Mistake(
            "always pre",
            'right for "pre", but you normalise in this way for "post", too: look at order',
            around_with(post="pre"),
        ),
        Mistake(
            "no way past",
            "the way past the part is missing: what the part gives is added to x",
            around_with(post="no way past, post", pre="no way past, pre"),
        ),
        Mistake(
            "part normalised alone",
            'your "post" normalises what the part gives, and adds x after that; the sum of both is '
            "normalised",
            around_with(post="part alone"),
        ),
        Mistake(
            "way past normalised",
            'your "pre" adds the normalised x; the way past the part goes from x itself',
            around_with(pre="way past normalised"),
        ),
        Mistake(
            "normalised twice",
            'your "pre" normalises the sum once more; only what the part gets is normalised there',
            around_with(pre="twice"),
        ),
        Mistake(
            "both in post",
            'your "post" normalises what the part gets, too; it gets x as it is',
            around_with(post="twice"),
        ),
        Mistake(
            "unbiased",
            "your variance is divided by d − 1, as torch.var has it by itself; here it is the mean "
            "square, divided by d: correction=0",
            with_normal(correction=1),
        ),
        Mistake(
            "over the words",
            "you normalise over the words of the sentence; each word is normalised by itself, over "
            "its d numbers",
            with_normal(dim=(1,)),
        ),
        Mistake(
            "over the sentences",
            "you normalise over the sentences of the batch; each word is normalised by itself, "
            "over its d numbers",
            with_normal(dim=(0,)),
        ),
        Mistake(
            "over words and numbers",
            "you normalise all words of a sentence together; each word has its own mean and "
            "variance",
            with_normal(dim=(1, 2)),
        ),
        Mistake(
            "mean kept",
            "you divide by the right root, but the mean has not been subtracted",
            with_normal(centre=0.0),
        ),
        Mistake(
            "no root",
            "you divide by the variance; divide by its root",
            with_normal(power=-1.0),
        ),
        Mistake(
            "not divided",
            "you subtract the mean, but do not divide by the root of the variance",
            with_normal(power=0.0),
        ),
        Mistake(
            "no epsilon",
            "right for ordinary words, but ε is missing: 10⁻⁵ is added to the variance",
            with_normal(epsilon="none"),
        ),
        Mistake(
            "epsilon outside",
            "your ε is added to the root; it is added to the variance, under the root",
            with_normal(epsilon="outside"),
        ),
        Mistake(
            "unbiased, epsilon outside",
            "two things are amiss, as in a program that many have copied: the variance is divided "
            "by d − 1, and ε is added to the root; divide by d, and add ε under the root",
            with_normal(correction=1, epsilon="outside"),
        ),
        Mistake(
            "no gain",
            "the gain is missing: the normalised numbers are multiplied by it",
            with_normal(gains=False),
        ),
        Mistake(
            "no bias",
            "the bias is missing: it is added at the end of the normalisation",
            with_normal(biases=False),
        ),
        Mistake(
            "no gain, no bias",
            "gain and bias are missing: LayerNorm multiplies by the one and adds the other",
            with_normal(gains=False, biases=False),
        ),
        Mistake(
            "gain and bias exchanged",
            "you have exchanged gain and bias: the gain multiplies, the bias is added",
            lambda x, part, order, gain, bias: around(x, part, order, bias, gain),
        ),
        Mistake(
            "bias multiplied",
            "you add the bias before you multiply by the gain; the gain comes first",
            with_normal(bias_first=True),
        ),
    ),
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
