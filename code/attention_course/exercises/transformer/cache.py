"""transformer.cache: a step of self-attention with keys and values that are kept."""

from __future__ import annotations

import torch
from torch import Generator

from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.drawing import integers, normal
from attention_course.exercises.question import Case, Draw, Inputs, Mistake, Question
from attention_course.exercises.transformer.cache_answers import (
    behind,
    einsum,
    head_by_head,
    in_front,
    into,
    only,
    split_across,
    step,
    step_with,
    torch_attention,
)
from attention_course.exercises.transformer.stepping import in_beams
from attention_course.exercises.values import Tolerance, Value

FURTHER = 2  # words of each beam


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Equal tensors; of whoever does not return three, that is said."""
    if isinstance(given, dict) and "returned" in given:
        return Problem(
            Rank.NOTHING,
            "your function has to return three tensors: what the word gathers, the keys, the "
            "values",
        )
    return compare(given, expected, inputs, tolerance)


def _inputs(
    batch: int,
    words: int,
    heads: int,
    d_k: int,
    beams: int,
    *,
    dtype: torch.dtype = torch.float32,
) -> Draw:
    d = heads * d_k

    def draw(generator: Generator) -> dict[str, Value]:
        matrices = {
            name: normal(generator, d, d, std=d**-0.5, dtype=dtype)
            for name in ("W_Q", "W_K", "W_V", "W_O")
        }
        return {
            "words": normal(generator, batch, words, d, std=1.3, dtype=dtype),
            "rows": integers(generator, 0, batch, beams),
            "one": normal(generator, beams, FURTHER, d, std=1.3, dtype=dtype),
            "other": normal(generator, beams, FURTHER, d, std=1.3, dtype=dtype),
            **matrices,
            "heads": heads,
        }

    return draw


QUESTION = Question(
    id="transformer.cache",
    answer="cached_step",
    title="Keep keys and values",
    points=16,
    minutes=15,
    difficulty=3,
    kind="write",
    cases=(
        Case("several sentences", _inputs(3, 5, 2, 4, 4)),
        Case("one sentence and its beams", _inputs(1, 4, 3, 2, 5)),
        Case("a single head", _inputs(2, 4, 1, 5, 3)),
        Case("equal sizes", _inputs(2, 3, 2, 2, 2)),
        Case("double precision", _inputs(2, 3, 3, 4, 3, dtype=torch.float64)),
    ),
    reference=step,
    mistakes=(
        Mistake(
            "query kept",
            "you keep the word's query with the keys; what is kept is its key, x W_K",
            step_with(of_keys="Q"),
        ),
        Mistake(
            "keys for values",
            "your values are made by W_K, as the keys are; they have a matrix of their own, W_V",
            step_with(of_values="K"),
        ),
        Mistake(
            "keys and values exchanged",
            "you have exchanged W_K and W_V",
            step_with(of_keys="V", of_values="K"),
        ),
        Mistake(
            "itself not seen",
            "your word sees those before it alone; it sees itself, too: its key and value are "
            "added before it asks",
            step_with(sees="before"),
        ),
        Mistake(
            "the first alone",
            "your word sees the first word alone, as the first row of a causal mask has it; with "
            "one query and nothing kept that comes later, no mask is needed",
            step_with(sees="first"),
        ),
        Mistake(
            "the last alone",
            "you keep the last word's key and value alone: they go behind those of all words "
            "before",
            step_with(extend=only),
        ),
        Mistake(
            "in front",
            "what your words gather is right, but the new key and value lie in front; they come "
            "behind the others, dimension 2",
            step_with(extend=in_front),
        ),
        Mistake(
            "keys behind, values in front",
            "your new value lies in front of the others and your new key behind, so that words get "
            "each other's weights",
            step_with(extend=behind, extend_values=in_front),
        ),
        Mistake(
            "in place",
            "your keys and values are written into the tensors that came in: two beams that go on "
            "from the same words then see each other's; make new tensors",
            step_with(extend=into),
        ),
        Mistake(
            "not divided",
            "your scores are not divided by √d_k",
            step_with(divide=lambda d, heads: 1.0),
        ),
        Mistake(
            "multiplied",
            "your scores are multiplied by √d_k; they are divided by it",
            step_with(divide=lambda d, heads: (d / heads) ** -0.5),
        ),
        Mistake(
            "no root",
            "your scores are divided by d_k; divide them by its root",
            step_with(divide=lambda d, heads: d / heads),
        ),
        Mistake(
            "root of d",
            "your scores are divided by √d; a head's vectors have d_k = d / H numbers, and it is "
            "the root of these",
            step_with(divide=lambda d, heads: d**0.5),
        ),
        Mistake(
            "divided by d",
            "your scores are divided by d; they are divided by √d_k, the root of a head's size",
            step_with(divide=lambda d, heads: d),
        ),
        Mistake(
            "multiplied by the root of d",
            "your scores are multiplied by √d; they are divided by √d_k, the root of a head's size",
            step_with(divide=lambda d, heads: d**-0.5),
        ),
        Mistake(
            "softmax over the heads",
            "your softmax goes over the heads; it goes over the words that are kept, the last "
            "dimension of the scores (B, H, 1, t)",
            step_with(softmax=1),
        ),
        Mistake(
            "softmax over the query",
            "your softmax goes over the one word that asks, so that every weight is 1; it goes "
            "over the words that are kept, the last dimension",
            step_with(softmax=2),
        ),
        Mistake(
            "softmax over the sentences",
            "your softmax goes over the sentences of the batch; it goes over the words that are "
            "kept, the last dimension",
            step_with(softmax=0),
        ),
        Mistake(
            "split across",
            "your heads get every H-th number of a vector; each gets d_k numbers that lie side by "
            "side: unflatten(-1, (heads, -1))",
            step_with(splits=split_across),
        ),
        Mistake(
            "joined across",
            "you join the heads' outputs in the wrong order: all numbers of the first head come "
            "first, (B, H, d_k) flattened to (B, d)",
            step_with(across=True),
        ),
        Mistake(
            "no W_O",
            "you return the heads side by side; W_O still has to mix them",
            step_with(output=False),
        ),
        Mistake(
            "transposed",
            "your matrices are transposed: x stands on their left, x @ W_Q",
            step_with(transposed=True),
        ),
    ),
    alternatives={
        "einsum, not contiguous": einsum,
        "torch's attention": torch_attention,
        "head by head, double precision": head_by_head,
    },
    ask=in_beams,
    judge=judge,
    barred=(
        "torch.nn.MultiheadAttention",
        "torch.nn.functional.multi_head_attention_forward",
        "attention_course.models.self_attention.Memory",
        "attention_course.models.self_attention.MultiHeadAttention",
        "attention_course.models.transformer",
        "attention_course.models.transformer_layers",
        "attention_course.exercises.transformer",
    ),
)
