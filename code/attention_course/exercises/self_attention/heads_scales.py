"""What learners divide the scores of self_attention.heads by, alone and with heads mixed up."""

from __future__ import annotations

from collections.abc import Callable

from attention_course.exercises.self_attention.heads_answers import (
    Answer,
    Merge,
    Split,
    cut_straight,
    heads_with,
    joined_straight,
    merge,
    split,
)

Factor = Callable[[int, int], float]  # of H and d/H


def scaled_with(by: Factor, split: Split = split, merge: Merge = merge) -> Answer:
    """The right answer with another factor of the scores, or also split and merged otherwise."""
    return heads_with(
        split=split,
        weights=lambda q, k: (q @ k.mT * by(q.shape[1], q.shape[-1])).softmax(-1),
        merge=merge,
    )


SCALES: dict[str, tuple[str, Factor]] = {
    "root of d": (
        "your scores are divided by √d, the root of the whole vector's size; a head has d/H "
        "numbers, and its root divides",
        lambda H, d_k: (H * d_k) ** -0.5,
    ),
    "no scale": (
        "your scores are not divided: each head divides them by √(d/H)",
        lambda H, d_k: 1.0,
    ),
    "divided by d/H": (
        "your scores are divided by d/H itself; they are divided by its root",
        lambda H, d_k: 1 / d_k,
    ),
    "multiplied by the root": (
        "your scores are multiplied by √(d/H); they are divided by it",
        lambda H, d_k: d_k**0.5,
    ),
    "divided by d": (
        "your scores are divided by d; they are divided by √(d/H), the root of a head's size",
        lambda H, d_k: 1 / (H * d_k),
    ),
    "multiplied by the root of d": (
        "your scores are multiplied by √d; they are divided by √(d/H), the root of a head's size",
        lambda H, d_k: (H * d_k) ** 0.5,
    ),
    "root of H": (
        "your scores are divided by √H; it is the root of a head's size, d/H, that divides",
        lambda H, d_k: H**-0.5,
    ),
}
# one of these and one of those at once
TWO = {
    "root of d": "your scores are divided by √d, not by √(d/H)",
    "no scale": "your scores are not divided",
}
VIEWS = {
    "cut straight": ("a view straight to (B, H, T, d/H) cuts the text", cut_straight, merge),
    "joined straight": (
        "a view straight to (B, T, d) merges the heads in the wrong order",
        split,
        joined_straight,
    ),
    "cut and joined straight": (
        "views straight to (B, H, T, d/H) and back cut the text, not each word's vector",
        cut_straight,
        joined_straight,
    ),
}
