"""self_attention.masks: a layer that must see neither padding nor what comes later."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.self_attention.masks_answers import (
    broken_layer,
    by_positions,
    cut_afterwards,
    fused,
    low_scores,
    not_a_number,
    over_the_queries,
    padding_of_zeros,
    scores_of_zero,
    without_a_dimension,
    word_by_word,
    written_so_far,
    written_with,
)
from attention_course.exercises.values import Value


def _inputs(d: int, d_k: int, d_v: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        real = padding_mask(*lengths).flip(1)  # the texts end together
        return {
            "x": normal(generator, *real.shape, d, dtype=dtype),
            "real": real,
            "W_Q": normal(generator, d, d_k, std=1.3 * d**-0.5, dtype=dtype),
            "W_K": normal(generator, d, d_k, std=1.3 * d**-0.5, dtype=dtype),
            "W_V": normal(generator, d, d_v, std=d**-0.5, dtype=dtype),
        }

    return draw


AHEAD = "a word sees the next one, which it is yet to write: tril(1) goes one too far"
OR = "a word may be seen where one of the masks lets it through: it takes both, &"
QUERIES = "padding is barred from asking, not from being asked: real belongs along the keys"

QUESTION = Question(
    id="self_attention.masks",
    answer="written_so_far",
    title="Find the bugs in two masks",
    points=13,
    minutes=10,
    difficulty=2,
    kind="repair",
    cases=(
        Case("texts of unequal length", _inputs(6, 4, 5, 5, 3, 7)),
        Case("a batch of one", _inputs(5, 3, 6, 4)),
        Case("equal sizes", _inputs(4, 4, 4, 2, 4, 3, 1)),
        Case("much padding", _inputs(4, 6, 3, 2, 8)),
        Case("double precision", _inputs(3, 5, 4, 6, 3, dtype=torch.float64)),
    ),
    reference=written_so_far,
    mistakes=(
        Mistake(
            "as given",
            "this is still the broken version: look at how far ahead a word sees, along which "
            "words padding is barred, and how the two masks are joined",
            broken_layer,
        ),
        Mistake("ahead left", f"one bug is left: {AHEAD}", written_with(ahead=1)),
        Mistake("or left", f"one bug is left: {OR}", written_with(join="or")),
        Mistake("queries left", f"one bug is left: {QUERIES}", written_with(barring="queries")),
        Mistake(
            "ahead and or left",
            f"padding is barred along the keys now; two bugs are left: {AHEAD}; and the masks are "
            "joined by |",
            written_with(ahead=1, join="or"),
        ),
        Mistake(
            "ahead and queries left",
            f"the masks are joined rightly now; two bugs are left: {AHEAD}; and padding is barred "
            "along the queries",
            written_with(ahead=1, barring="queries"),
        ),
        Mistake(
            "or and queries left",
            "the causal mask is right now; two bugs are left: the masks are joined by |, and "
            "padding is barred along the queries",
            written_with(join="or", barring="queries"),
        ),
        Mistake(
            "ahead left, padding barred twice",
            f"padding is barred both ways now, which does no harm; one bug is left: {AHEAD}",
            written_with(ahead=1, barring="both"),
        ),
        Mistake(
            "without a dimension",
            "your real is (B, T) beside a causal mask (T, T): it needs a dimension of size 1 for "
            "the words that ask, real[:, None]",
            without_a_dimension,
        ),
        Mistake(
            "not itself",
            "a word does not see itself any more: tril(-1) goes one too far to the other side",
            written_with(ahead=-1),
        ),
        Mistake(
            "the later ones",
            "your causal mask is turned round: a word sees itself and those after it, and it has "
            "to see those before",
            written_with(later=True),
        ),
        Mistake(
            "those after it alone",
            "your causal mask is turned round: a word sees those after it alone, and it has to see "
            "itself and those before",
            written_with(later=True, ahead=-1),
        ),
        Mistake(
            "not itself, or left",
            "padding is barred along the keys now; two things are amiss: a word does not see "
            "itself, tril(-1) goes one too far; and the masks are joined by |",
            written_with(ahead=-1, join="or"),
        ),
        Mistake(
            "not itself, queries left",
            "the masks are joined rightly now; two things are amiss: a word does not see itself, "
            "tril(-1) goes one too far; and padding is barred along the queries",
            written_with(ahead=-1, barring="queries"),
        ),
        Mistake(
            "ahead left, no padding mask",
            f"two things are amiss: {AHEAD}; and padding gets weight",
            written_with(ahead=1, barring="nowhere"),
        ),
        Mistake(
            "padding set to zero",
            "you set padding's vectors to zero, but then its scores are 0, and exp(0) is 1: it "
            "takes its share all the same; real has to bar it along the keys",
            padding_of_zeros,
        ),
        Mistake(
            "no causal mask",
            "every word sees the whole text: the causal mask is gone",
            written_with(join="padding"),
        ),
        Mistake(
            "no padding mask",
            "padding gets weight: real has to bar it along the keys",
            written_with(barring="nowhere"),
        ),
        Mistake(
            "words barred",
            "your padding mask has the opposite sense: padding is seen and words are not; real is "
            "True at words, so take it as it is",
            written_with(barring="words"),
        ),
        Mistake(
            "opposite sense",
            "your mask has the opposite sense: masked_softmax takes True for where one may look",
            written_with(opposite=True),
        ),
        Mistake(
            "mask after the softmax",
            "your mask comes after the softmax: what may not be seen has taken its share, and the "
            "rest no longer sums to one",
            written_with(softmax=cut_afterwards),
        ),
        Mistake(
            "softmax over the queries",
            "your softmax runs over the queries, not over the keys",
            written_with(softmax=over_the_queries),
        ),
        Mistake(
            "scores of zero",
            "you set the scores of what may not be seen to 0, but exp(0) is 1, so that it still "
            "gets weight",
            written_with(softmax=scores_of_zero),
        ),
        Mistake(
            "NaN at padding",
            "your padding gets NaN, since it may look nowhere, and a later layer would carry that "
            "on; masked_softmax gives it zeros",
            written_with(softmax=not_a_number),
        ),
        Mistake(
            "padding looks everywhere",
            "your padding looks everywhere: equal scores, however low, make even weights; it may "
            "look nowhere, and masked_softmax gives it zeros",
            written_with(softmax=low_scores),
        ),
        Mistake(
            "no scale",
            "the division by √d_k is gone; it was no bug",
            written_with(scaled=False),
        ),
    ),
    alternatives={
        "word by word": word_by_word,
        "positions compared": by_positions,
        "PyTorch's attention, double precision": fused,
        "padding barred from asking too": written_with(barring="both"),
    },
    barred=(
        "attention_course.models.self_attention",
        "attention_course.models.transformer",
        "attention_course.exercises.self_attention",
        "torch.nn.functional.multi_head_attention_forward",
        "torch.nn.MultiheadAttention",
    ),
)
