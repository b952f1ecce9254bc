"""transformer.layer: a layer of the decoder with three bugs; 1706.03762, Section 3.1."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.transformer.layer_answers import (
    broken_layer,
    by_hand,
    layer,
    layer_with,
    minus_infinity,
    sentence_by_sentence,
)
from attention_course.exercises.values import Value

D, D_FF = 6, 9


def _inputs(
    words: int, *lengths: int, d: int = D, d_ff: int = D_FF, dtype: torch.dtype = torch.float32
) -> Draw:
    square, names = (d, d), ("W_Q", "W_K", "W_V", "U_Q", "U_K", "U_V")
    sizes = dict.fromkeys(names, square) | {"W_1": (d, d_ff), "W_2": (d_ff, d)}

    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        return {
            "weights": {
                name: normal(generator, *size, std=size[0] ** -0.5, dtype=dtype)
                for name, size in sizes.items()
            },
            "x": normal(generator, len(lengths), words, d, dtype=dtype),
            "source": normal(generator, *mask.shape, d, dtype=dtype),
            "source_mask": mask,
        }

    return draw


MASK = "your self-attention shows each word the later ones, which it is to predict"
PADDING = "padding of the source gets weight: the attention to the source has no mask"
PAST = (
    "the way past the attention to the source goes from the layer's input; it goes from what the "
    "first part gave"
)

QUESTION = Question(
    id="transformer.layer",
    answer="layer",
    title="Find the bugs in a layer of the decoder",
    points=14,
    minutes=12,
    difficulty=2,
    kind="repair",
    cases=(
        Case("padded sources", _inputs(4, 7, 3, 5)),
        Case("a batch of one, with padding", _inputs(5, 4, 6)),
        Case("equal sizes", _inputs(4, 4, 3, 4, 2, d=4, d_ff=4)),
        Case("two words", _inputs(2, 3, 5, 4, 1)),
        Case("double precision", _inputs(3, 5, 6, 4, dtype=torch.float64)),
    ),
    reference=layer,
    mistakes=(
        Mistake(
            "as given",
            "these are still the vectors of the broken version: look at both masks, and at what "
            "each part is added to",
            broken_layer,
        ),
        Mistake("mask left", f"one bug is left: {MASK}", layer_with(own="triu")),
        Mistake("padding left", f"one bug is left: {PADDING}", layer_with(padding=True)),
        Mistake("way past left", f"one bug is left: {PAST}", layer_with(past="x")),
        Mistake(
            "mask and padding left",
            f"the ways past are right now; two bugs are left: {MASK}, and padding gets weight",
            layer_with(own="triu", padding=True),
        ),
        Mistake(
            "mask and way past left",
            f"the padding is right now; two bugs are left: {MASK}, and one way past goes wrong",
            layer_with(own="triu", past="x"),
        ),
        Mistake(
            "padding and way past left",
            f"the first mask is right now; two bugs are left: {PADDING}, and one way past goes "
            "wrong",
            layer_with(padding=True, past="x"),
        ),
        Mistake(
            "no mask of its own",
            "your self-attention has no mask any more: each word may see itself and those before",
            layer_with(own="all"),
        ),
        Mistake(
            "itself hidden",
            "your mask hides each word from itself, and the first sees nothing: the diagonal is "
            "allowed",
            layer_with(own="strict"),
        ),
        Mistake(
            "one word ahead",
            "your mask shows each word the next one, which it is to predict: tril(1) goes one too "
            "far",
            layer_with(own="ahead"),
        ),
        Mistake(
            "source mask inverted",
            "your mask of the source is the wrong way round: True means that a word may be looked "
            "at",
            layer_with(inverted=True),
        ),
        Mistake(
            "the target asked",
            "your second attention looks at the target's own words: its keys and values are made "
            "of the source",
            layer_with(asked="target"),
        ),
        Mistake(
            "asks with x",
            "the queries to the source are made of the layer's input; they are made of what the "
            "first part gave",
            layer_with(asks="x"),
        ),
        Mistake(
            "asks with x, way past left",
            f"two bugs are left: the queries to the source are made of the layer's input, and "
            f"{PAST}",
            layer_with(asks="x", past="x"),
        ),
        Mistake(
            "no way past to the source",
            "there is no way past the attention to the source any more: its output is added to "
            "what the first part gave",
            layer_with(past="nothing"),
        ),
        Mistake(
            "last way past from the input",
            "the way past the feed-forward network goes from another vector than the one that the "
            "network gets",
            layer_with(last="a"),
        ),
        Mistake(
            "matrices exchanged",
            "you have exchanged the matrices: those with W are of self-attention, those with U of "
            "the attention to the source",
            layer_with(own_matrices="U", source_matrices="W"),
        ),
        Mistake(
            "not normalised at the end",
            "the last sum is not normalised; each of the three is",
            layer_with(normal_last=False),
        ),
        Mistake(
            "no relu",
            "the feed-forward network has lost its relu",
            layer_with(relu=False),
        ),
    ),
    alternatives={
        "softmax by hand, einsum": by_hand,
        "minus infinity, double precision": minus_infinity,
        "sentence by sentence": sentence_by_sentence,
    },
    barred=(
        "attention_course.models.transformer",
        "attention_course.models.transformer_layers",
        "attention_course.exercises.transformer",
    ),
)
