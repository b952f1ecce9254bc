"""bahdanau.shapes: what has which shape, what is learnt, and what computing U_a h once saves."""

from __future__ import annotations

import numpy as np
import torch

from attention_course.exercises.question import Case, Mistake, Question

B, S, T = 4, 7, 6  # sentences, source words, target words
EMBEDDING, HIDDEN, ALIGNMENT = 8, 16, 10  # m, n, n'

Prediction = dict[str, int | tuple[int, ...]]


def predictions() -> Prediction:
    """The reference."""
    return {
        "annotations": (B, S, 2 * HIDDEN),
        "keys": (B, S, ALIGNMENT),
        "weights": (B, S),
        "parameters": ALIGNMENT * HIDDEN + ALIGNMENT * 2 * HIDDEN + ALIGNMENT,
        "saved": (T - 1) * B * S * ALIGNMENT * 2 * HIDDEN,
    }


def _mistake(name: str, hint: str, **wrong: int | tuple[int, ...]) -> Mistake:
    return Mistake(name, hint, lambda: predictions() | wrong)


QUESTION = Question(
    id="bahdanau.shapes",
    answer="predictions",
    title="Predict shapes and costs",
    points=10,
    minutes=10,
    difficulty=1,
    kind="predict",
    cases=(
        Case("annotations", part="annotations"),
        Case("keys", part="keys"),
        Case("weights", part="weights"),
        Case("parameters", part="parameters"),
        Case("saved", part="saved"),
    ),
    reference=predictions,
    mistakes=(
        _mistake(
            "one direction",
            "an annotation joins the forward and the backward state, so it has 2n numbers",
            annotations=(B, S, HIDDEN),
        ),
        _mistake(
            "words first",
            "your annotations have the words first; this course always has the batch first",
            annotations=(S, B, 2 * HIDDEN),
        ),
        _mistake(
            "embeddings",
            "these are the embeddings; an annotation is a state of the encoder, both ways",
            annotations=(B, S, EMBEDDING),
        ),
        _mistake(
            "keys not projected",
            "your keys have the size of an annotation; U_a takes them to the alignment size n'",
            keys=(B, S, 2 * HIDDEN),
        ),
        _mistake(
            "keys for each target word",
            "your keys have a dimension for the target words, but U_a h_j does not depend on i",
            keys=(B, T, S, ALIGNMENT),
        ),
        _mistake(
            "weights of all steps",
            "these are the weights of all target words together; the question is about one step",
            weights=(B, T, S),
        ),
        _mistake(
            "weights over the alignment size",
            "your weights go over the alignment size; there is one weight for each source word",
            weights=(B, ALIGNMENT),
        ),
        _mistake(
            "weights of one sentence",
            "these are the weights of a single sentence; the batch has four",
            weights=(S,),
        ),
        _mistake(
            "U_a with n columns",
            "you count n columns for U_a; an annotation has 2n numbers, so U_a is n' × 2n",
            parameters=ALIGNMENT * HIDDEN + ALIGNMENT * HIDDEN + ALIGNMENT,
        ),
        _mistake(
            "v left out",
            "you count the two matrices but not v_a, which has n' numbers",
            parameters=ALIGNMENT * 3 * HIDDEN,
        ),
        _mistake(
            "one bias",
            "you count a bias; the paper's alignment model has none",
            parameters=ALIGNMENT * 3 * HIDDEN + 2 * ALIGNMENT,
        ),
        _mistake(
            "two biases",
            "you count a bias for each matrix; the paper's alignment model has none",
            parameters=ALIGNMENT * 3 * HIDDEN + 3 * ALIGNMENT,
        ),
        _mistake(
            "all T steps",
            "this is the cost of doing it at all T steps; once it has to be done anyway, so T − 1 "
            "are saved",
            saved=T * B * S * ALIGNMENT * 2 * HIDDEN,
        ),
        _mistake(
            "one sentence",
            "this is what one sentence saves; the batch has four",
            saved=(T - 1) * S * ALIGNMENT * 2 * HIDDEN,
        ),
        _mistake(
            "one word",
            "this leaves out the source words: each of the S has its own product",
            saved=(T - 1) * B * ALIGNMENT * 2 * HIDDEN,
        ),
        _mistake(
            "n numbers in an annotation",
            "you count n numbers in an annotation; it has 2n",
            saved=(T - 1) * B * S * ALIGNMENT * HIDDEN,
        ),
        _mistake(
            "additions too",
            "this counts additions as well; the question asks for multiplications alone",
            saved=2 * (T - 1) * B * S * ALIGNMENT * 2 * HIDDEN,
        ),
        _mistake(
            "what is left",
            "this is what remains to be done; the question asks for what is saved",
            saved=B * S * ALIGNMENT * 2 * HIDDEN,
        ),
    ),
    alternatives={
        "torch.Size": lambda: {
            key: torch.Size(value) if isinstance(value, tuple) else value
            for key, value in predictions().items()
        },
        "lists and floats": lambda: {
            key: list(value) if isinstance(value, tuple) else float(value)
            for key, value in predictions().items()
        },
        "numbers of numpy": lambda: {
            key: value if isinstance(value, tuple) else np.int64(value)
            for key, value in predictions().items()
        },
    },
)
