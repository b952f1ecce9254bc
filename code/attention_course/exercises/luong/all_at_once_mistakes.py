"""Known mistakes in answers to luong.all_at_once."""

from __future__ import annotations

import torch

from attention_course.exercises.growing import LEFT, Loops, shows_leaving
from attention_course.exercises.luong.all_at_once_answers import (
    all_states,
    by_sentence,
    by_source_word,
    contexts,
    from_weights,
    joined,
    scored,
    slow_states,
    through_lists,
)
from attention_course.exercises.question import Mistake
from attention_course.models.masks import masked_softmax

LOOPS = {
    "target words": "your numbers are right, but your function still goes through the target words "
    "one by one: multiply matrices that have a dimension for T",
    "sentences": "your numbers are right, but your function goes through the sentences of the "
    "batch one by one: the batch is a dimension of every product",
    "source words": "your numbers are right, but your function goes through the source words one "
    "by one: they are a dimension of the product of queries and annotations",
}


def mistakes(loops: Loops) -> tuple[Mistake, ...]:
    """All of them.

    Args:
        loops: over what an answer must not loop.
    """
    return (
        Mistake(
            "loop over target words",
            LOOPS["target words"],
            slow_states,
            loops.sign("target words"),
        ),
        Mistake("loop over sentences", LOOPS["sentences"], by_sentence, loops.sign("sentences")),
        Mistake(
            "loop over source words",
            LOOPS["source words"],
            by_source_word,
            loops.sign("source words"),
        ),
        Mistake("out of PyTorch", LEFT, through_lists, shows_leaving),
        Mistake(
            "softmax over the target words",
            "your weights sum to one over the target words; each target word shares out its own "
            "weight over the source words",
            lambda queries, annotations, mask, W_a, W_c: from_weights(
                scored(queries, annotations, W_a)
                .masked_fill(~mask[:, None], -1e9)
                .softmax(1)
                .masked_fill(~mask[:, None], 0.0),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "softmax over the target words, padding even",
            "your softmax goes over the target words, the second dimension of the scores; it goes "
            "over the source words, the last",
            lambda queries, annotations, mask, W_a, W_c: from_weights(
                scored(queries, annotations, W_a).masked_fill(~mask[:, None], -1e9).softmax(1),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "softmax over the sentences",
            "your softmax goes over the sentences of the batch, the first dimension of the scores; "
            "it goes over the source words, the last",
            lambda queries, annotations, mask, W_a, W_c: from_weights(
                scored(queries, annotations, W_a).masked_fill(~mask[:, None], -1e9).softmax(0),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "mask after the softmax",
            "your mask comes after the softmax, so padding has taken its share and the rest no "
            "longer sums to one",
            lambda queries, annotations, mask, W_a, W_c: from_weights(
                scored(queries, annotations, W_a).softmax(-1) * mask[:, None],
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "mask times the scores",
            "your mask multiplies the scores: with a score of 0 padding still has its share; the "
            "softmax goes over the real words alone",
            lambda queries, annotations, mask, W_a, W_c: from_weights(
                (scored(queries, annotations, W_a) * mask[:, None]).softmax(-1),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "inverted mask",
            "your mask is the wrong way round: True means that a word may be looked at",
            lambda queries, annotations, mask, W_a, W_c: from_weights(
                masked_softmax(scored(queries, annotations, W_a), ~mask[:, None]),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "no mask",
            "padding gets weight: the mask has to go into the softmax, as (B, 1, S)",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, torch.ones_like(mask), W_a, W_c
            ),
        ),
        Mistake(
            "mask along the target",
            "your mask (B, S) lies along the wrong dimensions of the scores (B, T, S): it takes a "
            "dimension of size 1 for T, mask[:, None]",
            lambda queries, annotations, mask, W_a, W_c: from_weights(
                masked_softmax(scored(queries, annotations, W_a), mask),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "mask turned",
            "your mask bars target words: it belongs along the source words, the last dimension "
            "of the scores",
            lambda queries, annotations, mask, W_a, W_c: from_weights(
                masked_softmax(scored(queries, annotations, W_a), mask[..., None]),
                queries,
                annotations,
                W_c,
            ),
        ),
        Mistake(
            "no tanh",
            "your states are linear: the tanh around W_c [c; h] is missing",
            lambda queries, annotations, mask, W_a, W_c: joined(
                contexts(queries, annotations, mask, W_a), queries, W_c
            ),
        ),
        Mistake(
            "h before c",
            "you join [h; c], but the first half of W_c is made for c: the order is [c; h]",
            lambda queries, annotations, mask, W_a, W_c: joined(
                queries, contexts(queries, annotations, mask, W_a), W_c
            ).tanh(),
        ),
        Mistake(
            "W_a transposed",
            "your W_a is transposed: h_t stands on its left, as in the slow version",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, mask, W_a.T, W_c
            ),
        ),
        Mistake(
            "no W_a",
            "your scores are those without W_a",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, mask, torch.eye(len(W_a), dtype=W_a.dtype), W_c
            ),
        ),
        Mistake(
            "scaled",
            "your scores are divided by √n, as PyTorch's attention does by itself; the slow "
            "version has no scale",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, mask, W_a * len(W_a) ** -0.5, W_c
            ),
        ),
        Mistake(
            "h left out",
            "your states are made of the contexts alone: the second half of W_c is for h_t",
            lambda queries, annotations, mask, W_a, W_c: joined(
                contexts(queries, annotations, mask, W_a), torch.zeros_like(queries), W_c
            ).tanh(),
        ),
        Mistake(
            "contexts alone",
            "you return the contexts c_t; the states h̃_t = tanh(W_c [c_t; h_t]) are still to come",
            lambda queries, annotations, mask, W_a, W_c: contexts(queries, annotations, mask, W_a),
        ),
        Mistake(
            "words first",
            "your states have the target words first, (T, B, n), expected (B, T, n)",
            lambda queries, annotations, mask, W_a, W_c: all_states(
                queries, annotations, mask, W_a, W_c
            ).transpose(0, 1),
        ),
    )
