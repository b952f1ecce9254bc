"""luong.input_feeding: a decoder that is told what it has just attended to; 1508.04025, 3.3."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.luong.input_feeding_answers import (
    broken_decoder,
    decoder,
    decoder_with,
    double_columns,
    joined_inputs,
    sentence_by_sentence,
)
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value

VOCABULARY, EMBEDDING = 9, 5


def _inputs(words: int, n: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    sizes = {
        "E": (VOCABULARY, EMBEDDING),
        "W": (n, EMBEDDING),
        "F": (n, n),
        "U": (n, n),
        "W_a": (n, n),
        "W_c": (n, 2 * n),
    }

    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        return {
            "model": {
                name: normal(generator, *size, std=size[1] ** -0.5, dtype=dtype)
                for name, size in sizes.items()
            },
            "words": integers(generator, 0, VOCABULARY, len(lengths), words),
            "h": normal(generator, len(lengths), n, std=0.8, dtype=dtype).tanh(),
            "annotations": normal(generator, *mask.shape, n, std=0.8, dtype=dtype),
            "mask": mask,
        }

    return draw


START = "the first word is fed the decoder's state, but h̃ before the first word is zero"
FEED = "each word is fed the state h_t of the word before, where its attentional state h̃_t belongs"
LINEAR = "h̃ is linear: the tanh around W_c [c; h] is missing"

QUESTION = Question(
    id="luong.input_feeding",
    answer="decoder",
    title="Find the bugs in a decoder with input feeding",
    points=15,
    minutes=20,
    difficulty=2,
    kind="repair",
    cases=(
        Case("padded sentences", _inputs(4, 6, 5, 7, 3)),
        Case("a batch of one", _inputs(5, 4, 6)),
        Case("equal sizes", _inputs(4, 4, 4, 3, 4, 2)),
        Case("a single word", _inputs(1, 5, 4, 6)),
        Case("double precision", _inputs(3, 5, 6, 4, dtype=torch.float64)),
    ),
    reference=decoder,
    mistakes=(
        Mistake(
            "as given",
            "these are still the states of the broken version: look at what is fed at the first "
            "word, what is fed at the next, and at the line of h̃",
            broken_decoder,
        ),
        Mistake("start left", f"one bug is left: {START}", decoder_with(start="h")),
        Mistake("feed left", f"one bug is left: {FEED}", decoder_with(feed="h")),
        Mistake("linear left", f"one bug is left: {LINEAR}", decoder_with(tanh="neither")),
        Mistake(
            "start and feed left",
            f"h̃ is right now; two bugs are left: {START}, and after that the wrong state is fed",
            decoder_with(start="h", feed="h"),
        ),
        Mistake(
            "start and linear left",
            f"what is fed on is right now; two bugs are left: {START}, and h̃ is linear",
            decoder_with(start="h", tanh="neither"),
        ),
        Mistake(
            "feed and linear left",
            f"the first word is fed right now; two bugs are left: {FEED}, and h̃ is linear",
            decoder_with(feed="h", tanh="neither"),
        ),
        Mistake(
            "tanh on what is fed alone",
            "what you feed on has its tanh, but the states that you return do not: both are h̃_t",
            decoder_with(tanh="fed"),
        ),
        Mistake(
            "tanh on what is returned alone",
            "the states that you return have their tanh, but what you feed on does not: both are "
            "h̃_t",
            decoder_with(tanh="returned"),
        ),
        Mistake(
            "contexts fed",
            "you feed the context c_t on; what is fed is the whole attentional state h̃_t",
            decoder_with(feed="c"),
        ),
        Mistake(
            "nothing fed",
            "you feed zeros at every word; they belong before the first word alone, after that "
            "h̃ of the word before",
            decoder_with(feed="nothing"),
        ),
        Mistake(
            "contexts at the start",
            "you feed the mean of the annotations at the first word; there h̃ is zero",
            decoder_with(start="c"),
        ),
        Mistake(
            "h̃ for h",
            "you put h̃_t in the place of the state too; it is fed beside the next word, while the "
            "unit's own state stays h_t",
            decoder_with(carry=False),
        ),
        Mistake(
            "the state before asks",
            "you ask with the state before the word, as in chapter 2; here the new state h_t asks",
            decoder_with(ask="before"),
        ),
        Mistake(
            "h before c",
            "you join [h; c], but the first half of W_c is made for c: the order is [c; h]",
            decoder_with(h_first=True),
        ),
        Mistake("no mask", "padding gets weight: the mask is gone", decoder_with(masked=False)),
        Mistake(
            "W_a transposed",
            "your W_a is transposed: h_t stands on its left, as in the broken version",
            lambda model, *others: decoder({**model, "W_a": model["W_a"].T}, *others),
        ),
        Mistake(
            "no state",
            "the state of the word before is gone from h_t: U h is one of its three parts",
            lambda model, *others: decoder({**model, "U": 0 * model["U"]}, *others),
        ),
    ),
    alternatives={
        "inputs joined": joined_inputs,
        "columns in double precision": double_columns,
        "sentence by sentence": sentence_by_sentence,
    },
    barred=("attention_course.models.luong", "attention_course.exercises.luong"),
)
