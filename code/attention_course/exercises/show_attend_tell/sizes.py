"""show_attend_tell.sizes: the grid of a picture, its tensors, and what hard attention faces."""

from __future__ import annotations

import math

import numpy as np
import torch

from attention_course.exercises.question import Case, Mistake, Question

B, T, WORDS = 5, 7, 3  # pictures, words of each caption; words whose looks are counted
HEIGHT, WIDTH = 48, 32  # pixels
D, HIDDEN = 16, 20  # D, n
LAYERS = 3

Prediction = dict[str, int | tuple[int, ...]]

ROWS, COLUMNS = HEIGHT // 2**LAYERS, WIDTH // 2**LAYERS
L = ROWS * COLUMNS


def predicted_sizes() -> Prediction:
    """The reference."""
    return {
        "grid": (ROWS, COLUMNS),
        "annotations": (B, L, D),
        "weights": (B, T, L),
        "sees": 2 ** (LAYERS + 2) - 1,
        "gate": HIDDEN + 1,
        "ways": L**WORDS,
    }


def _mistake(name: str, hint: str, **wrong: int | tuple[int, ...]) -> Mistake:
    return Mistake(name, hint, lambda: predicted_sizes() | wrong)


QUESTION = Question(
    id="show_attend_tell.sizes",
    answer="predicted_sizes",
    title="Predict the grid and its sizes",
    points=9,
    minutes=10,
    difficulty=1,
    kind="predict",
    cases=tuple(
        Case(name, part=name) for name in ("grid", "annotations", "weights", "sees", "gate", "ways")
    ),
    reference=predicted_sizes,
    mistakes=(
        _mistake(
            "columns first",
            "your grid has its columns first; rows come first, as in a matrix",
            grid=(COLUMNS, ROWS),
        ),
        _mistake(
            "one layer",
            "this is the grid after one layer; each of the three halves both sides",
            grid=(HEIGHT // 2, WIDTH // 2),
        ),
        _mistake(
            "two layers",
            "this is the grid after two layers; there is a third",
            grid=(HEIGHT // 4, WIDTH // 4),
        ),
        _mistake(
            "every pixel a place",
            "these are the pixels; every layer goes in steps of two pixels and leaves half of them",
            grid=(HEIGHT, WIDTH),
        ),
        _mistake(
            "no zeros around",
            "your layers lose a pixel at the edges; the zeros around the picture make up for that, "
            "and exactly half is left",
            grid=(5, 3),
        ),
        _mistake(
            "features first",
            "your annotations have the features before the places; each row is one place",
            annotations=(B, D, L),
        ),
        _mistake(
            "rows and columns apart",
            "your annotations still have rows and columns; for attention the places stand in one "
            "row, L of them",
            annotations=(B, ROWS, COLUMNS, D),
        ),
        _mistake(
            "as the convolution leaves them",
            "this is what a convolution gives; for attention the places stand in one row, with "
            "their features last",
            annotations=(B, D, ROWS, COLUMNS),
        ),
        _mistake(
            "annotations of one picture",
            "these are the annotations of one picture; the batch has five",
            annotations=(L, D),
        ),
        _mistake(
            "weights of one word",
            "these are the weights of one word; the question is about all words of the captions",
            weights=(B, L),
        ),
        _mistake(
            "weights transposed",
            "your weights have the places before the words; the weights of one word are a row",
            weights=(B, L, T),
        ),
        _mistake(
            "weights of features",
            "your weights go over the features; there is one weight for each place",
            weights=(B, T, D),
        ),
        _mistake(
            "as the model returns them",
            "the model returns them so, with dimensions of size 1 for layers and heads; leave "
            "these out",
            weights=(B, 1, 1, T, L),
        ),
        _mistake(
            "weights of one picture",
            "these are the weights of one picture; the batch has five",
            weights=(T, L),
        ),
        _mistake(
            "three layers",
            "this is what three layers see; the question is about four",
            sees=2 ** (LAYERS + 1) - 1,
        ),
        _mistake(
            "one side alone",
            "you add the eight pixels on one side; there is a neighbour on either",
            sees=15 + 8,
        ),
        _mistake(
            "steps forgotten",
            "you add two pixels for the fourth layer; its neighbours lie eight pixels apart, so it "
            "adds eight on either side",
            sees=2 ** (LAYERS + 1) + 1,
        ),
        _mistake(
            "no steps at all",
            "this would be so with steps of one pixel; from layer to layer the steps double",
            sees=2 * (LAYERS + 1) + 1,
        ),
        _mistake(
            "how far apart",
            "this is how far two annotations are apart; what they see is wider, and overlaps",
            sees=2 ** (LAYERS + 1),
        ),
        _mistake(
            "three times as wide",
            "three times 15 would be right if the three that the fourth layer sees did not overlap",
            sees=3 * (2 ** (LAYERS + 1) - 1),
        ),
        _mistake(
            "powers of three",
            "this is 3 to the power of 4, as if nothing overlapped; neighbours share most of what "
            "they see",
            sees=3 ** (LAYERS + 1),
        ),
        _mistake(
            "no bias",
            "you count the weights of f_β but not its bias",
            gate=HIDDEN,
        ),
        _mistake(
            "the gate itself",
            "the gate is one number, but f_β has to learn one for each number of h_{t−1}, and a "
            "bias",
            gate=1,
        ),
        _mistake(
            "a gate per feature",
            "this is a gate with one number for each feature, as a popular program has it; the "
            "paper's gate is a single number",
            gate=D * HIDDEN + D,
        ),
        _mistake(
            "a gate per feature, no bias",
            "this is a gate with one number for each feature, and without a bias; the paper's is a "
            "single number, with one",
            gate=D * HIDDEN,
        ),
        _mistake(
            "the gate reads the context",
            "your f_β reads an annotation; it reads h_{t−1}, which has n numbers",
            gate=D + 1,
        ),
        _mistake(
            "the gate reads both",
            "your f_β reads the context too; it reads h_{t−1} alone",
            gate=D + HIDDEN + 1,
        ),
        _mistake(
            "places times words",
            "you add the places up; each look can be combined with every other look",
            ways=L * WORDS,
        ),
        _mistake(
            "no place twice",
            "you look at no place twice; nothing forbids to look again",
            ways=math.perm(L, WORDS),
        ),
        _mistake(
            "in any order",
            "you count sets of places; which word looked where makes a difference, and a place may "
            "come twice",
            ways=math.comb(L, WORDS),
        ),
        _mistake(
            "all words",
            "these are the ways to look for all words of a caption; the question is about the "
            "first three",
            ways=L**T,
        ),
        _mistake(
            "the other way round",
            "this would be so if each place chose a word; each word chooses a place",
            ways=WORDS**L,
        ),
        _mistake(
            "the chapter's places",
            "this would be so with 16 places, as the chapter's pictures have; here there are more",
            ways=16**WORDS,
        ),
        _mistake(
            "one word",
            "these are the ways of one word to look; there are three words",
            ways=L,
        ),
    ),
    alternatives={
        "torch.Size": lambda: {
            key: torch.Size(value) if isinstance(value, tuple) else value
            for key, value in predicted_sizes().items()
        },
        "lists and floats": lambda: {
            key: list(value) if isinstance(value, tuple) else float(value)
            for key, value in predicted_sizes().items()
        },
        "numbers of numpy": lambda: {
            key: value if isinstance(value, tuple) else np.int64(value)
            for key, value in predicted_sizes().items()
        },
    },
)
