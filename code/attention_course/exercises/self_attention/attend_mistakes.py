"""Known mistakes in answers to self_attention.attend."""

from __future__ import annotations

import math

from torch import Tensor

from attention_course.exercises.comparing import compare
from attention_course.exercises.question import Inputs, Mistake
from attention_course.exercises.self_attention.attend_answers import (
    attention,
    attention_with,
    everywhere,
    gradient_lost,
    not_a_number,
    weights_of,
)
from attention_course.exercises.self_attention.attend_pairs import (
    MASKINGS,
    SCALINGS,
    by_d_k,
    cut_afterwards,
    divided_afterwards,
    undivided,
)
from attention_course.exercises.values import Tolerance, Value

LOW = -1e9


def _shows_lost_gradient(given: Value, expected: Value, inputs: Inputs) -> bool:
    """The numbers are right, and where a word may look nowhere NaN goes back."""
    nowhere = (~inputs["mask"]).all(-1).any()
    right = compare(given["result"], expected["result"], inputs, Tolerance()) is None
    back = given["gradients"] or {}
    return bool(nowhere and right and any(gradient.isnan().any() for gradient in back.values()))


def _where_nowhere(given: Value, expected: Value, inputs: Inputs) -> Tensor:
    """What words get that may look nowhere, if all others have what is right.

    Raises:
        ValueError: there are none, or others are not right.
    """
    found, right = given["result"], expected["result"]
    empty = (~inputs["mask"]).all(-1).expand(right.shape[:-1])
    if not empty.any() or compare(found[~empty], right[~empty], inputs, Tolerance()) is not None:
        raise ValueError("not all others have what is right, expected these to be alone")
    nowhere: Tensor = found[empty]
    return nowhere


MISTAKES = (
    Mistake(
        "no scale",
        "your scores are not divided: the product of query and key is divided by √d_k",
        undivided(weights_of),
    ),
    Mistake(
        "multiplied by the root",
        "your scores are multiplied by √d_k; they are divided by it",
        attention_with(scale=lambda query, key, value: query.shape[-1] ** 0.5),
    ),
    Mistake(
        "divided by d_k",
        "your scores are divided by d_k itself; they are divided by its root",
        by_d_k(weights_of),
    ),
    Mistake(
        "root of d_v",
        "your scores are divided by √d_v, the root of a value's size; it is that of a query's, d_k",
        attention_with(scale=lambda query, key, value: value.shape[-1] ** -0.5),
    ),
    Mistake(
        "root of all heads",
        "your scores are divided by the root of all the heads' numbers, H · d_k; each head is "
        "scaled by its own, √d_k",
        attention_with(scale=lambda query, key, value: (query.shape[1] * query.shape[-1]) ** -0.5),
    ),
    Mistake(
        "root of S",
        "your scores are divided by √S, the root of the number of words; it is that of a query's "
        "size, d_k",
        attention_with(scale=lambda query, key, value: key.shape[-2] ** -0.5),
    ),
    Mistake(
        "root of H",
        "your scores are divided by √H, the root of the number of heads; it is that of a query's "
        "size, d_k",
        attention_with(scale=lambda query, key, value: query.shape[1] ** -0.5),
    ),
    Mistake(
        "root of T",
        "your scores are divided by √T, the root of the number of words that ask; it is that of a "
        "query's size, d_k",
        attention_with(scale=lambda query, key, value: query.shape[2] ** -0.5),
    ),
    Mistake(
        "divided afterwards",
        "you divide by √d_k after the softmax; the scores are divided before it",
        divided_afterwards(weights_of),
    ),
    *(
        Mistake(f"{name}, {other}", f"two things are amiss: {what}, and {which}", made(weights))
        for name, (what, made) in SCALINGS.items()
        for other, (which, weights) in MASKINGS.items()
    ),
    Mistake(
        "softmax over the queries",
        "your softmax runs over the queries, not over the keys: each row of the scores, their last "
        "dimension, shares out one query's weight",
        attention_with(
            weights=lambda scores, mask: (
                scores.masked_fill(~mask, LOW).softmax(-2).masked_fill(~mask, 0.0)
            )
        ),
    ),
    Mistake(
        "softmax over the queries, masked afterwards",
        "your softmax runs over the queries, not over the keys, and the mask comes after it: it "
        "comes before, and the softmax goes along the last dimension",
        attention_with(weights=lambda scores, mask: scores.softmax(-2).masked_fill(~mask, 0.0)),
    ),
    Mistake(
        "softmax over the heads",
        "your softmax runs over the heads; each head has weights of its own, which sum to one over "
        "the keys",
        attention_with(
            weights=lambda scores, mask: (
                scores.masked_fill(~mask, LOW).softmax(1).masked_fill(~mask, 0.0)
            )
        ),
    ),
    Mistake(
        "softmax over the texts",
        "your softmax runs over the texts of the batch, the first dimension; it runs over the "
        "keys, the last",
        attention_with(
            weights=lambda scores, mask: (
                scores.masked_fill(~mask, LOW).softmax(0).masked_fill(~mask, 0.0)
            )
        ),
    ),
    Mistake(
        "no softmax",
        "you sum the values with the scores themselves; the softmax makes weights of them first",
        attention_with(weights=lambda scores, mask: scores.masked_fill(~mask, 0.0)),
    ),
    Mistake(
        "mask after the softmax",
        "your mask comes after the softmax: words that may not be seen have taken their share, and "
        "the rest no longer sums to one",
        attention_with(weights=cut_afterwards),
    ),
    Mistake(
        "opposite sense",
        "your mask has the opposite sense: True is where one may look",
        lambda query, key, value, mask: attention(query, key, value, ~mask),
    ),
    Mistake(
        "no mask",
        "your mask does nothing: words that may not be seen get weight",
        attention_with(weights=lambda scores, mask: scores.softmax(-1)),
    ),
    Mistake(
        "scores of zero",
        "you set the scores that the mask forbids to 0, but exp(0) is 1, so that they still get "
        "weight",
        attention_with(weights=lambda scores, mask: scores.masked_fill(~mask, 0.0).softmax(-1)),
    ),
    Mistake(
        "scores of zero, cut afterwards",
        "what is forbidden gets no weight, but its score of 0 has taken part in the softmax, where "
        "exp(0) is 1: it must count as minus infinity",
        attention_with(
            weights=lambda scores, mask: (
                scores.masked_fill(~mask, 0.0).softmax(-1).masked_fill(~mask, 0.0)
            )
        ),
    ),
    Mistake(
        "mask added",
        "you add the mask to the scores, 1 where one may look: what is forbidden has to be minus "
        "infinity, not 1 less",
        attention_with(weights=lambda scores, mask: (scores + mask).softmax(-1)),
    ),
    Mistake(
        "infinity times zero",
        "you multiply infinity by the mask, and where that is 0 the product is NaN: put minus "
        "infinity where the mask forbids, by masked_fill or where",
        attention_with(weights=lambda scores, mask: (scores - ~mask * math.inf).softmax(-1)),
    ),
    Mistake(
        "NaN where one may look nowhere",
        "a word that may look nowhere gets NaN, of a softmax of nothing but minus infinity or of "
        "0/0; it has to get zeros",
        attention_with(weights=not_a_number),
        lambda given, expected, inputs: bool(_where_nowhere(given, expected, inputs).isnan().any()),
    ),
    Mistake(
        "everywhere instead of nowhere",
        "a word that may look nowhere looks everywhere: equal scores, however low, make even "
        "weights; it has to get zeros",
        attention_with(weights=everywhere),
        lambda given, expected, inputs: bool((_where_nowhere(given, expected, inputs) != 0).all()),
    ),
    Mistake(
        "NaN in the gradient",
        "your numbers are right, but where a word may look nowhere the gradients that come back "
        "are NaN: zeros in place of NaN mend only the way there; let the softmax give no NaN",
        attention_with(weights=gradient_lost),
        _shows_lost_gradient,
    ),
    Mistake(
        "weights detached",
        "your numbers are right, but no gradient comes back to queries and keys: the weights are "
        "cut off by detach, item or no_grad",
        attention_with(weights=lambda scores, mask: weights_of(scores, mask).detach()),
    ),
    Mistake(
        "keys for values",
        "you sum the keys by their weights; it is the values that are summed",
        lambda query, key, value, mask: attention(query, key, key, mask),
    ),
    Mistake(
        "weights alone",
        "these are the weights, (B, H, T, S): the values have still to be summed with them",
        lambda query, key, value, mask: weights_of(query @ key.mT * query.shape[-1] ** -0.5, mask),
    ),
    Mistake(
        "heads behind words",
        "your heads stand behind the words, (B, T, H, d_v); leave them before, (B, H, T, d_v)",
        lambda query, key, value, mask: attention(query, key, value, mask).transpose(1, 2),
    ),
)
