"""Mistakes in the scale and in the mask of self_attention.attend that come together."""

from __future__ import annotations

from torch import Tensor

from attention_course.exercises.self_attention.attend_answers import (
    Answer,
    Weights,
    attention_with,
    everywhere,
    not_a_number,
    weights_of,
)


def undivided(weights: Weights) -> Answer:
    return attention_with(weights=weights, scale=lambda query, key, value: 1.0)


def by_d_k(weights: Weights) -> Answer:
    return attention_with(weights=weights, scale=lambda query, key, value: 1 / query.shape[-1])


def divided_afterwards(weights: Weights) -> Answer:
    answer = undivided(weights)
    return lambda query, key, value, mask: answer(query, key, value / query.shape[-1] ** 0.5, mask)


def cut_afterwards(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.softmax(-1).masked_fill(~mask, 0.0)


def opposite(scores: Tensor, mask: Tensor) -> Tensor:
    return weights_of(scores, ~mask)


# two of these at once
SCALINGS = {
    "no scale": ("your scores are not divided by √d_k", undivided),
    "divided by d_k": ("your scores are divided by d_k, not by its root", by_d_k),
    "divided afterwards": ("√d_k divides after the softmax, not before", divided_afterwards),
}
MASKINGS: dict[str, tuple[str, Weights]] = {
    "NaN": ("a word that may look nowhere gets NaN, not zeros", not_a_number),
    "everywhere": ("a word that may look nowhere looks everywhere", everywhere),
    "cut afterwards": ("your mask comes after the softmax", cut_afterwards),
    "opposite sense": ("your mask has the opposite sense", opposite),
}
