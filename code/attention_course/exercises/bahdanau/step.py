"""bahdanau.step: one word at a time, without running the whole prefix again."""

from __future__ import annotations

from functools import partial

import torch
from torch import Generator

from attention_course.exercises.bahdanau.going_on import AT, handed_on
from attention_course.exercises.bahdanau.incremental import slow_step, step
from attention_course.exercises.bahdanau.missteps import (
    first_context_kept,
    in_place,
    keys_each_time,
    last_real,
    log_probabilities,
    mean,
    no_mask,
    other_start,
    probabilities,
    readout_from_the_new,
    state_not_renewed,
    zero_start,
)
from attention_course.exercises.bahdanau.step_answers import arrays, carried, dictionary, double
from attention_course.exercises.bahdanau.step_judging import (
    AGAIN,
    NO_WAY_BACK,
    judge,
    shows_change,
    shows_growth,
    shows_projection,
)
from attention_course.exercises.bahdanau.stepping import in_turn, onwards
from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.second import Second
from attention_course.exercises.values import Value

VOCABULARY, EMBEDDING, HIDDEN, ALIGNMENT, ANNOTATION = 11, 5, 6, 7, 8
# further words from a state: too many for a table of what follows each sequence of them
FURTHER = 6


def _inputs(words: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    sizes = {
        "E": (VOCABULARY, EMBEDDING),
        "W_s": (HIDDEN, ANNOTATION),
        "W_a": (ALIGNMENT, HIDDEN),
        "U_a": (ALIGNMENT, ANNOTATION),
        "W": (HIDDEN, EMBEDDING),
        "U": (HIDDEN, HIDDEN),
        "C": (HIDDEN, ANNOTATION),
        "U_o": (VOCABULARY, HIDDEN),
        "V_o": (VOCABULARY, EMBEDDING),
        "C_o": (VOCABULARY, ANNOTATION),
    }

    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        model = {
            name: normal(generator, *size, std=size[1] ** -0.5, dtype=dtype)
            for name, size in sizes.items()
        }
        model["v_a"] = normal(generator, ALIGNMENT, dtype=dtype)
        return {
            "model": model,
            "annotations": normal(generator, *mask.shape, ANNOTATION, dtype=dtype),
            "mask": mask,
            "tokens": integers(generator, 0, VOCABULARY, len(lengths), words),
            "others": integers(generator, 0, VOCABULARY, len(lengths), FURTHER),
            "elsewhere": normal(generator, len(AT), len(lengths), HIDDEN, dtype=dtype).tanh(),
            "keys": normal(generator, *mask.shape, ALIGNMENT, dtype=dtype),
        }

    return draw


QUESTION = Question(
    id="bahdanau.step",
    answer="step",
    title="Make the decoder incremental",
    points=15,
    minutes=20,
    difficulty=3,
    kind="make faster",
    cases=(
        Case("padded sentences", _inputs(4, 6, 3, 5)),
        Case("a batch of one", _inputs(3, 4)),
        Case("a long sentence", _inputs(12, 30, 12)),
        Case("double precision", _inputs(3, 5, 2, dtype=torch.float64)),
    ),
    reference=step,
    mistakes=(
        Mistake(
            "prefix kept",
            "your logits are right, but your state grows with every word: keep what the decoder "
            "knows after the prefix, not the prefix",
            slow_step,
            sign=shows_growth,
        ),
        Mistake(
            "changed in place",
            NO_WAY_BACK,
            in_place,
            sign=shows_change,
        ),
        Mistake(
            "keys each time",
            AGAIN,
            keys_each_time,
            sign=shows_projection,
        ),
        Mistake(
            "always the first word",
            "every word is treated as the first: begin from the state that comes in, and return "
            "the new one",
            state_not_renewed,
        ),
        Mistake(
            "readout from the new state",
            "your logits are read from the new state s_i; the slow version reads them from "
            "s_{i-1}, before it is renewed",
            readout_from_the_new,
        ),
        Mistake(
            "zeros at the start",
            "your first state is zero; it is s_0 = tanh(W_s h_1), as in the slow version",
            zero_start,
        ),
        Mistake(
            "last annotation at the start",
            "your first state is made of the last annotation; it is s_0 = tanh(W_s h_1), of the "
            "first",
            partial(other_start, lambda annotations, mask: annotations[:, -1]),
        ),
        Mistake(
            "last word's annotation at the start",
            "your first state is made of the last real word's annotation; it is s_0 = tanh(W_s "
            "h_1), of the first word's",
            partial(other_start, last_real),
        ),
        Mistake(
            "mean annotation at the start",
            "your first state is made of the mean of the annotations; it is s_0 = tanh(W_s h_1), "
            "of the first",
            partial(other_start, mean),
        ),
        Mistake(
            "mean annotation at the start, padding counted",
            "your first state is made of the mean of the annotations, padding counted; it is s_0 = "
            "tanh(W_s h_1), of the first",
            partial(other_start, lambda annotations, mask: annotations.mean(1)),
        ),
        Mistake(
            "log-probabilities",
            "you return log-probabilities, after a log_softmax; the logits come before it",
            log_probabilities,
        ),
        Mistake(
            "probabilities",
            "you return probabilities, after a softmax; the logits come before it",
            probabilities,
        ),
        Mistake(
            "no mask",
            "padding gets weight: the mask has to go into the softmax",
            no_mask,
        ),
        Mistake(
            "context of the first word",
            "you keep the first word's context; each word asks with its own s_{i-1}, so weights "
            "and context are new each time",
            first_context_kept,
        ),
    ),
    alternatives={
        "state as a dictionary": dictionary,
        "double precision": double,
        "everything in the state": carried,
        "state as NumPy arrays": arrays,
    },
    ask=in_turn,
    second=Second(handed_on, onwards, new=("others", "elsewhere", "keys")),
    judge=judge,
    barred=("attention_course.models.bahdanau", "attention_course.exercises.bahdanau"),
)
