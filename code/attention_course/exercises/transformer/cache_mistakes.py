"""Known mistakes in answers to transformer.cache."""

from __future__ import annotations

from typing import Any

from attention_course.exercises.question import Mistake
from attention_course.exercises.transformer.cache_answers import (
    as_it_is,
    behind,
    in_front,
    into,
    only,
    split_across,
    step_with,
)

# two of these at once
SCALINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "not divided": ("your scores are not divided by √d_k", {"divide": as_it_is}),
    "root of d": (
        "your scores are divided by √d, not by √d_k",
        {"divide": lambda d, heads, words: d**0.5},
    ),
}
ORDERS: dict[str, tuple[str, dict[str, Any]]] = {
    "split across": (
        "your heads get every H-th number of a vector, not numbers that lie side by side",
        {"splits": split_across},
    ),
    "joined across": ("the heads' outputs are joined in the wrong order", {"across": True}),
    "softmax over the heads": ("your softmax goes over the heads", {"softmax": 1}),
    "no W_O": ("W_O still has to mix the heads", {"output": False}),
}

MISTAKES = (
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
        "you keep the last word's key and value alone: they go behind those of all words before",
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
        step_with(divide=as_it_is),
    ),
    Mistake(
        "multiplied",
        "your scores are multiplied by √d_k; they are divided by it",
        step_with(divide=lambda d, heads, words: (d / heads) ** -0.5),
    ),
    Mistake(
        "no root",
        "your scores are divided by d_k; divide them by its root",
        step_with(divide=lambda d, heads, words: d / heads),
    ),
    Mistake(
        "root of d",
        "your scores are divided by √d; a head's vectors have d_k = d / H numbers, and it is "
        "the root of these",
        step_with(divide=lambda d, heads, words: d**0.5),
    ),
    Mistake(
        "divided by d",
        "your scores are divided by d; they are divided by √d_k, the root of a head's size",
        step_with(divide=lambda d, heads, words: d),
    ),
    Mistake(
        "multiplied by the root of d",
        "your scores are multiplied by √d; they are divided by √d_k, the root of a head's size",
        step_with(divide=lambda d, heads, words: d**-0.5),
    ),
    Mistake(
        "root of t",
        "your scores are divided by the root of the number of words; it is the root of a head's "
        "size, d_k",
        step_with(divide=lambda d, heads, words: words**0.5),
    ),
    *(
        Mistake(
            f"{name}, {other}",
            f"two things are amiss: {what}, and {which}",
            step_with(**{**divided, **order}),
        )
        for name, (what, divided) in SCALINGS.items()
        for other, (which, order) in ORDERS.items()
    ),
    Mistake(
        "scaled after the softmax",
        "you divide by √d_k after the softmax; the scores are divided before it",
        step_with(divide=as_it_is, share=lambda d, heads, words: (d / heads) ** 0.5),
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
        "split and joined across",
        "your heads get every H-th number of a vector and put it back there; each has d_k numbers "
        "that lie side by side, in the vector and in the rows of W_O",
        step_with(splits=split_across, across=True),
    ),
    Mistake(
        "returned in another order",
        "you return the values before the keys; what the word gathers comes first, then the keys, "
        "then the values",
        step_with(order=(0, 2, 1)),
    ),
    Mistake(
        "nothing kept",
        "you return the keys and values that came in; those with the new word's own go into the "
        "next step",
        step_with(keeps=False),
    ),
    Mistake(
        "query and key exchanged",
        "you have exchanged W_Q and W_K",
        step_with(of_query="K", of_keys="Q"),
    ),
    Mistake(
        "query made by W_K",
        "your query is made by W_K, as the key is; it has a matrix of its own, W_Q",
        step_with(of_query="K"),
    ),
    Mistake(
        "no W_O",
        "you return the heads side by side; W_O still has to mix them",
        step_with(output=False),
    ),
    Mistake(
        "transposed",
        "your matrices are transposed: x stands on their left, x @ W_Q",
        step_with(transposed="QKV"),
    ),
    Mistake(
        "all transposed",
        "all your matrices are transposed, W_O too: x stands on their left, x @ W_Q",
        step_with(transposed="QKVO"),
    ),
    Mistake(
        "W_O transposed",
        "your W_O is transposed: the joined heads stand on its left",
        step_with(transposed="O"),
    ),
)
