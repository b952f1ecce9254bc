"""self_attention.sizes: shapes, parameters and products of many heads; 1706.03762, 3.2.2."""

from __future__ import annotations

import numpy as np
import torch

from attention_course.exercises.question import Case, Mistake, Question

B, T, S = 3, 5, 7  # texts; words that ask, and that are asked
D, H = 48, 6
D_K = D // H
MORE = 12  # heads of another layer of the same width

Prediction = dict[str, int | tuple[int, ...]]


def cost_of_heads() -> Prediction:
    """The reference."""
    return {
        "queries": (B, H, T, D_K),
        "weights": (B, H, T, S),
        "parameters": 4 * D * D,
        "more_heads": 4 * D * D,
        "products": T * S * D,
        "rank": D_K,
    }


def _mistake(name: str, hint: str, **wrong: int | tuple[int, ...]) -> Mistake:
    return Mistake(name, hint, lambda: cost_of_heads() | wrong)


QUESTION = Question(
    id="self_attention.sizes",
    answer="cost_of_heads",
    title="Predict what many heads cost",
    points=9,
    minutes=8,
    difficulty=1,
    kind="predict",
    cases=tuple(
        Case(name, part=name)
        for name in ("queries", "weights", "parameters", "more_heads", "products", "rank")
    ),
    reference=cost_of_heads,
    mistakes=(
        _mistake(
            "not split",
            "these are the queries before they are cut into heads; each head has its own piece",
            queries=(B, T, D),
        ),
        _mistake(
            "d in each head",
            "your heads have d numbers each; they share them, d/H each",
            queries=(B, H, T, D),
        ),
        _mistake(
            "heads behind words",
            "your heads stand behind the words; for the product with the keys they stand before, "
            "as if each were a text of its own",
            queries=(B, T, H, D_K),
        ),
        _mistake(
            "sizes exchanged",
            "you have exchanged H and d/H: there are 6 heads of 8 numbers",
            queries=(B, D_K, T, H),
        ),
        _mistake(
            "queries of the source",
            "these are the keys; the queries come from the words that ask, the French ones",
            queries=(B, H, S, D_K),
        ),
        _mistake(
            "one head",
            "these are the weights of a single head; each of the six has its own",
            weights=(B, T, S),
        ),
        _mistake(
            "weights transposed",
            "your weights have the words that are asked before those that ask; a row belongs to a "
            "word that asks",
            weights=(B, H, S, T),
        ),
        _mistake(
            "self-attention of the French words",
            "these are weights of French at French; here French words look at English ones",
            weights=(B, H, T, T),
        ),
        _mistake(
            "self-attention of the English words",
            "these are weights of English at English; here French words ask",
            weights=(B, H, S, S),
        ),
        _mistake(
            "weights of numbers",
            "there is one weight for each pair of words, not one for each of a head's numbers",
            weights=(B, H, T, S, D_K),
        ),
        _mistake(
            "heads last",
            "your heads stand last; weights have the shape (B, H, T, S)",
            weights=(B, T, S, H),
        ),
        *(
            mistake
            for part, where in (("parameters", "6 heads"), ("more_heads", "12 heads"))
            for mistake in (
                _mistake(
                    f"no W_O, {part}",
                    f"with {where} you count W_Q, W_K and W_V, but not W_O, which mixes what the "
                    "heads say",
                    **{part: 3 * D * D},
                ),
                _mistake(
                    f"biases, {part}",
                    f"with {where} you count biases; here there are none",
                    **{part: 4 * D * D + 4 * D},
                ),
                _mistake(
                    f"one matrix, {part}",
                    f"with {where} this is one matrix of the four",
                    **{part: D * D},
                ),
            )
        ),
        _mistake(
            "d in each head's matrices",
            "you give each head matrices of d × d; they are d × d/H, so that all heads together "
            "have one of d × d of each kind",
            parameters=3 * H * D * D + D * D,
        ),
        _mistake(
            "four matrices of d × d in each head",
            "you count four matrices of d × d for each head; those of all heads together are that "
            "large",
            parameters=4 * H * D * D,
        ),
        _mistake(
            "one head's share",
            "this is one head's share of the parameters; the question is about all of them",
            parameters=4 * D * D_K,
        ),
        _mistake(
            "twice as many",
            "twice as many heads are half as wide: each has d/H columns of every matrix, and "
            "together they have as many as before",
            more_heads=8 * D * D,
        ),
        _mistake(
            "half as many",
            "the heads are half as wide, but there are twice as many of them",
            more_heads=2 * D * D,
        ),
        _mistake(
            "one head's products",
            "these are the products of one head; the question is about all six",
            products=T * S * D_K,
        ),
        _mistake(
            "d in each head's products",
            "you count products of d numbers in each head; a head's queries and keys have d/H",
            products=H * T * S * D,
        ),
        _mistake(
            "scores alone",
            "this is how many scores there are; each of them is a sum of d/H products",
            products=H * T * S,
        ),
        _mistake(
            "pairs alone",
            "this is how many pairs of words there are; each has a score in every head, and each "
            "score is a sum of d/H products",
            products=T * S,
        ),
        _mistake(
            "all texts",
            "these are the products of the whole batch; the question is about one text",
            products=B * T * S * D,
        ),
        _mistake(
            "squared width",
            "this would be the cost of a recurrent layer's matrix; in Q Kᵀ each pair of words "
            "costs d products in all",
            products=T * D * D,
        ),
        _mistake(
            "words of one side",
            "you let T words look at T words; here T words look at S",
            products=T * T * D,
        ),
        _mistake(
            "weights times values too",
            "you count the product of the weights with the values too; the question is about Q Kᵀ "
            "alone",
            products=2 * T * S * D,
        ),
        _mistake(
            "full rank",
            "a head's W_V W_O is d × d, but it is a product of a matrix with d/H columns and one "
            "with d/H rows, and its rank is no larger than these",
            rank=D,
        ),
        _mistake(
            "rank of the heads",
            "this is the number of heads; the rank is bounded by how many numbers a head has",
            rank=H,
        ),
        _mistake(
            "rank one",
            "the rank would be 1 if a head had a single number; it has d/H",
            rank=1,
        ),
        _mistake(
            "rank of the words",
            "this would bound the rank of the weights; W_V W_O does not depend on the words",
            rank=T,
        ),
    ),
    alternatives={
        "torch.Size": lambda: {
            key: torch.Size(value) if isinstance(value, tuple) else value
            for key, value in cost_of_heads().items()
        },
        "lists and floats": lambda: {
            key: list(value) if isinstance(value, tuple) else float(value)
            for key, value in cost_of_heads().items()
        },
        "numbers of numpy": lambda: {
            key: value if isinstance(value, tuple) else np.int64(value)
            for key, value in cost_of_heads().items()
        },
    },
)
