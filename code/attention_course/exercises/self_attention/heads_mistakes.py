"""Known mistakes in answers to self_attention.heads."""

from __future__ import annotations

import torch

from attention_course.exercises.growing import LEFT, Loops, shows_leaving
from attention_course.exercises.question import Mistake
from attention_course.exercises.self_attention.heads_answers import (
    all_heads,
    by_asked,
    by_asking,
    by_head,
    by_text,
    cut_straight,
    every_hth,
    heads_with,
    joined_straight,
    merge,
    numbers_first,
    slow_heads,
    texts_for_heads,
    through_numpy,
    weights_of,
)
from attention_course.exercises.self_attention.heads_scales import (
    SCALES,
    TWO,
    VIEWS,
    scaled_with,
)

LOOPS = {
    "heads": "your numbers are right, but your function goes through the heads one by one: give "
    "the tensors a dimension for H, which matrix products then carry along",
    "texts": "your numbers are right, but your function goes through the texts of the batch one by "
    "one: the batch is a dimension of every product",
    "words that ask": "your numbers are right, but your function goes through the words that ask "
    "one by one: they are a dimension of the product of queries and keys",
    "words that are asked": "your numbers are right, but your function goes through the words that "
    "are asked one by one: they are a dimension of the product of queries and keys",
}


def mistakes(no_loops: Loops) -> tuple[Mistake, ...]:
    """The known mistakes; what loops is seen by these signs."""
    return (
        Mistake(
            "as given",
            "your numbers are right, but both loops are still there, over texts and over heads: "
            "give the tensors a dimension for H and let matrix products do the rest",
            slow_heads,
            lambda given, expected, inputs: (
                no_loops.sign("heads")(given, expected, inputs)
                and no_loops.sign("texts")(given, expected, inputs)
            ),
        ),
        Mistake("loop over heads", LOOPS["heads"], by_head, no_loops.sign("heads")),
        Mistake("loop over texts", LOOPS["texts"], by_text, no_loops.sign("texts")),
        Mistake(
            "loop over words that ask",
            LOOPS["words that ask"],
            by_asking,
            no_loops.sign("words that ask"),
        ),
        Mistake(
            "loop over words that are asked",
            LOOPS["words that are asked"],
            by_asked,
            no_loops.sign("words that are asked"),
        ),
        Mistake("out of PyTorch", LEFT, through_numpy, shows_leaving),
        Mistake(
            "cut and joined straight",
            "a view straight to (B, H, T, d/H) cuts the text into pieces, not each word's vector: "
            "cut the last dimension into (H, d/H) and then move H, and back the same way",
            heads_with(split=cut_straight, merge=joined_straight),
        ),
        Mistake(
            "cut straight",
            "a view straight to (B, H, T, d/H) cuts the text into pieces, not each word's vector: "
            "cut the last dimension into (H, d/H), and then move H before the words",
            heads_with(split=cut_straight),
        ),
        Mistake(
            "joined straight",
            "your heads are merged in the wrong order: a view straight to (B, T, d) takes the "
            "words of one head for a word's heads, so move H behind the words first",
            heads_with(merge=joined_straight),
        ),
        Mistake(
            "every H-th number",
            "your heads take every H-th number of a vector; head i has the d/H numbers that stand "
            "side by side, as (H, d/H) cuts them and not (d/H, H)",
            heads_with(split=every_hth),
        ),
        Mistake(
            "every H-th number, and back",
            "your heads take every H-th number of a vector and put it back there; head i has d/H "
            "numbers that stand side by side, in the vector and in the rows of W_O",
            heads_with(split=every_hth, merge=numbers_first),
        ),
        Mistake(
            "numbers before heads",
            "you join the first numbers of all heads, then the second ones; the numbers of one "
            "head stand side by side",
            heads_with(merge=numbers_first),
        ),
        Mistake(
            "texts for heads",
            "your texts and heads are mixed up: they were stacked with the heads first and taken "
            "apart as if the texts came first",
            texts_for_heads,
        ),
        Mistake(
            "heads in reverse",
            "you join the heads from the last to the first",
            heads_with(merge=lambda x: merge(x.flip(1))),
        ),
        Mistake(
            "one head",
            "this is a single head of d numbers: cut queries, keys and values into H pieces",
            lambda queries, keys, values, W_O, heads: all_heads(queries, keys, values, W_O, 1),
        ),
        *(Mistake(name, hint, scaled_with(by)) for name, (hint, by) in SCALES.items()),
        Mistake(
            "divided afterwards",
            "you divide by √(d/H) after the softmax; the scores are divided before it",
            heads_with(weights=lambda q, k: (q @ k.mT).softmax(-1) / q.shape[-1] ** 0.5),
        ),
        *(
            Mistake(
                f"{scale}, {view}",
                f"two things are amiss: {TWO[scale]}, and {what}",
                scaled_with(SCALES[scale][1], split, merge),
            )
            for scale in TWO
            for view, (what, split, merge) in VIEWS.items()
        ),
        Mistake(
            "softmax over the queries",
            "your weights sum to one over the words that ask; each of these shares out its own "
            "weight over the words that are asked, the last dimension",
            heads_with(weights=lambda q, k: (q @ k.mT / q.shape[-1] ** 0.5).softmax(-2)),
        ),
        Mistake(
            "softmax over the heads",
            "your weights sum to one over the heads; in each head they sum to one over the words "
            "that are asked",
            heads_with(weights=lambda q, k: (q @ k.mT / q.shape[-1] ** 0.5).softmax(1)),
        ),
        Mistake(
            "softmax over the texts",
            "your weights sum to one over the texts of the batch; they sum to one over the words "
            "that are asked",
            heads_with(weights=lambda q, k: (q @ k.mT / q.shape[-1] ** 0.5).softmax(0)),
        ),
        Mistake(
            "weights of all heads alike",
            "your heads all use the mean of their weights; each has its own, that is what several "
            "heads are for",
            heads_with(
                weights=lambda q, k: (
                    weights_of(q, k).mean(1, keepdim=True).expand(-1, q.shape[1], -1, -1)
                )
            ),
        ),
        Mistake(
            "W_O left out",
            "your heads are joined, but not yet mixed: the product with W_O is missing",
            lambda queries, keys, values, W_O, heads: all_heads(
                queries, keys, values, torch.eye(len(W_O), dtype=W_O.dtype), heads
            ),
        ),
        Mistake(
            "W_O transposed",
            "your W_O is transposed: it has a row for each of the d numbers of the joined heads",
            lambda queries, keys, values, W_O, heads: all_heads(
                queries, keys, values, W_O.T, heads
            ),
        ),
        Mistake(
            "keys for values",
            "you sum the keys by their weights; it is the values that are summed",
            lambda queries, keys, values, W_O, heads: all_heads(queries, keys, keys, W_O, heads),
        ),
        Mistake(
            "keys ask",
            "your keys ask the queries; the queries ask the keys, and what comes out has a row for "
            "each query",
            lambda queries, keys, values, W_O, heads: all_heads(keys, queries, values, W_O, heads),
        ),
        Mistake(
            "mean over the heads",
            "what your heads say is averaged; joined and mixed by W_O it adds up, each head "
            "through its own rows",
            lambda queries, keys, values, W_O, heads: (
                all_heads(queries, keys, values, W_O, heads) / heads
            ),
        ),
        Mistake(
            "words first",
            "your answer has the words first, (T, B, n), expected (B, T, n)",
            lambda queries, keys, values, W_O, heads: all_heads(
                queries, keys, values, W_O, heads
            ).transpose(0, 1),
        ),
    )
