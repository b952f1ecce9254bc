"""show_attend_tell.decoder: an LSTM that starts from a picture, and its readout; 1502.03044."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.show_attend_tell.decoder_answers import (
    broken_decoder,
    caption_decoder,
    decoder_with,
    lstm_cell,
    picture_by_picture,
)
from attention_course.exercises.values import Value

VOCABULARY, EMBEDDING, ALIGNMENT = 9, 5, 3  # K, m, n'


def _inputs(words: int, n: int, D: int, *places: int, dtype: torch.dtype = torch.float32) -> Draw:
    sizes = {
        "E": (VOCABULARY, EMBEDDING),
        "W_h": (n, D),
        "W_c": (n, D),
        "W_a": (ALIGNMENT, n),
        "U_a": (ALIGNMENT, D),
        "T": (4 * n, EMBEDDING + n + D),
        "L_h": (EMBEDDING, n),
        "L_z": (EMBEDDING, D),
        "L_o": (VOCABULARY, EMBEDDING),
    }

    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*places)
        model = {
            name: normal(generator, *size, std=1.5 * size[1] ** -0.5, dtype=dtype)
            for name, size in sizes.items()
        }
        model["v_a"] = normal(generator, ALIGNMENT, dtype=dtype)
        model["w_beta"] = normal(generator, n, dtype=dtype)
        return {
            "model": model,
            "annotations": normal(generator, *mask.shape, D, dtype=dtype),
            "mask": mask,
            "words": integers(generator, 0, VOCABULARY, len(places), words),
        }

    return draw


START = (
    "the states start from a mean that counts places outside of the picture; it goes over those "
    "where the mask is True"
)
GATES = "the four parts of T are taken in the order i, f, g, o; the formula has i, f, o, g"
OUTPUT = "the readout sees the context without its gate; it sees ẑ, the gated one"

QUESTION = Question(
    id="show_attend_tell.decoder",
    answer="caption_decoder",
    title="Find the bugs in a decoder of captions",
    points=13,
    minutes=20,
    difficulty=2,
    kind="repair",
    cases=(
        Case("pictures of unequal size", _inputs(4, 6, 5, 5, 7, 3)),
        Case("pictures of one size", _inputs(5, 4, 6, 6, 6)),
        Case("equal sizes", _inputs(4, 4, 4, 3, 4, 2, 4)),
        Case("a single word", _inputs(1, 5, 3, 4, 6)),
        Case("double precision", _inputs(3, 5, 6, 6, 4, dtype=torch.float64)),
    ),
    reference=caption_decoder,
    mistakes=(
        Mistake(
            "as given",
            "these are still the logits of the broken version: look at the mean that the states "
            "start from, at the order of the gates, and at the context in the readout",
            broken_decoder,
        ),
        Mistake("start left", f"one bug is left: {START}", decoder_with(start="all")),
        Mistake("gates left", f"one bug is left: {GATES}", decoder_with(gates="ifgo")),
        Mistake("output left", f"one bug is left: {OUTPUT}", decoder_with(output="ungated")),
        Mistake(
            "start and gates left",
            "the readout is right now; two bugs are left: the mean at the start counts places "
            "outside of the picture, and the gates are in PyTorch's order",
            decoder_with(start="all", gates="ifgo"),
        ),
        Mistake(
            "start and output left",
            "the LSTM is right now; two bugs are left: the mean at the start counts places outside "
            "of the picture, and the readout sees the context without its gate",
            decoder_with(start="all", output="ungated"),
        ),
        Mistake(
            "gates and output left",
            "the start is right now; two bugs are left: the gates are in PyTorch's order, and the "
            "readout sees the context without its gate",
            decoder_with(gates="ifgo", output="ungated"),
        ),
        Mistake(
            "mean too small",
            "the mean at the start is divided by the number of all places: mean() counts those "
            "that you set to zero, too; divide by each picture's own number",
            decoder_with(start="too small"),
        ),
        Mistake(
            "a sum at the start",
            "the states start from a sum over the picture's own places; divide it by their number",
            decoder_with(start="sum"),
        ),
        Mistake(
            "no gate at all",
            "the gate is gone from the LSTM too; both the LSTM and the readout see ẑ, the gated "
            "context",
            decoder_with(gated=False, output="ungated"),
        ),
        Mistake(
            "the gate moved",
            "now the readout sees the gated context and the LSTM the other; both see ẑ, the gated "
            "one",
            decoder_with(gated=False),
        ),
        Mistake(
            "no context in the readout",
            "the readout does not see the context any more; it has a part of its own, L_z ẑ",
            decoder_with(output="none"),
        ),
        Mistake(
            "the state before",
            "the readout sees the state from before the word, as in chapter 2; here it sees the "
            "new one, h_t",
            decoder_with(shown="before"),
        ),
        Mistake(
            "asks with the first state",
            "every word asks with h_0; it asks with the state that the word before has left",
            decoder_with(asking="h_0"),
        ),
        Mistake(
            "in and forget exchanged",
            "the gates i and f are exchanged: the order is i, f, o, g",
            decoder_with(gates="fiog"),
        ),
        Mistake(
            "forget and out exchanged",
            "the gates f and o are exchanged: the order is i, f, o, g",
            decoder_with(gates="iofg"),
        ),
        Mistake(
            "memory shown as it is",
            "h is o times the memory as it is; the memory goes through a tanh first",
            decoder_with(tanh=False),
        ),
        Mistake(
            "linear start",
            "the first states are linear: both have a tanh",
            decoder_with(start_tanh=False),
        ),
        Mistake(
            "no word in the readout",
            "the readout does not see the word before any more; E y is its first part",
            decoder_with(word=False),
        ),
        Mistake(
            "tanh in the readout",
            "the readout has a tanh, as the authors' program has; the formula has none",
            decoder_with(deep_tanh=True),
        ),
        Mistake(
            "probabilities",
            "you return probabilities; the logits are what comes before the softmax",
            lambda *inputs: caption_decoder(*inputs).softmax(-1),
        ),
        Mistake(
            "log-probabilities",
            "you return log-probabilities; the logits are what comes before the log_softmax",
            lambda *inputs: caption_decoder(*inputs).log_softmax(-1),
        ),
        Mistake(
            "one matrix for both states",
            "your two first states are the same; c has a matrix of its own, W_c",
            lambda model, *others: caption_decoder({**model, "W_c": model["W_h"]}, *others),
        ),
        Mistake(
            "empty memory",
            "your memory c is zero at first; it starts from the mean annotation too, through W_c",
            lambda model, *others: caption_decoder({**model, "W_c": 0 * model["W_c"]}, *others),
        ),
        Mistake(
            "no mask",
            "places outside of the picture get weight: the mask is gone from the softmax",
            decoder_with(masked=False),
        ),
    ),
    alternatives={
        "an LSTMCell": lstm_cell,
        "picture by picture": picture_by_picture,
    },
    barred=(
        "attention_course.models.show_attend_tell",
        "attention_course.exercises.show_attend_tell",
    ),
)
