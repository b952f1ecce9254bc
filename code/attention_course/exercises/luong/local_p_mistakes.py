"""Known mistakes in answers to luong.local_p."""

from __future__ import annotations

import math

import torch

from attention_course.exercises.luong.local_p_answers import (
    along_the_words,
    gauss_on_scores,
    gauss_with,
    in_window,
    nearness,
    over_sentences,
    padding_cut,
    position,
    renormalised,
    softmax_twice,
    weights_with,
    whole_sentence_cut,
    window_with,
)
from attention_course.exercises.question import Mistake
from attention_course.models.masks import masked_softmax

MISTAKES = (
    Mistake(
        "renormalised",
        "your weights sum to one; in the paper the products with the Gaussian stay as they "
        "are, so that they sum to less",
        renormalised,
    ),
    Mistake(
        "softmax twice",
        "you take a softmax of the products again; the products themselves are the weights",
        softmax_twice,
    ),
    Mistake(
        "Gaussian on the scores",
        "your Gaussian multiplies the scores, before the softmax; it multiplies the weights, "
        "after it",
        gauss_on_scores,
    ),
    Mistake(
        "softmax over the sentence first",
        "your softmax goes over the whole sentence and the window comes after it; the softmax "
        "goes over the window alone",
        whole_sentence_cut,
    ),
    Mistake(
        "no window",
        "there is no window: words further than D from ⌊p⌋ get exactly zero, and take no part "
        "in the softmax",
        weights_with(window=lambda p, D, mask: mask),
    ),
    Mistake(
        "no Gaussian",
        "your weights are those of the window alone; each is still multiplied by its Gaussian",
        weights_with(nearness=lambda p, D, scores: torch.ones_like(scores)),
    ),
    Mistake(
        "Gaussian alone",
        "your weights do not depend on the scores: the Gaussian multiplies the softmax of the "
        "scores",
        lambda scores, z, D, mask: (
            nearness(position(z, mask), D, scores) * in_window(position(z, mask), D, mask)
        ),
    ),
    Mistake(
        "sigma is D",
        "your Gaussian is too wide: σ is D/2, not D",
        gauss_with(lambda distance, D: -(distance**2) / (2 * D**2)),
    ),
    Mistake(
        "sigma is one",
        "your Gaussian has σ = 1 whatever D is; σ is D/2",
        gauss_with(lambda distance, D: -(distance**2) / 2),
    ),
    Mistake(
        "variance not doubled",
        "your Gaussian divides the squared distance by σ²; it is divided by 2σ²",
        gauss_with(lambda distance, D: -(distance**2) / (D / 2) ** 2),
    ),
    Mistake(
        "sigma not squared",
        "your Gaussian divides the squared distance by 2σ; it is divided by 2σ²",
        gauss_with(lambda distance, D: -(distance**2) / (2 * (D / 2))),
    ),
    Mistake(
        "denominator without brackets",
        "your squared distance is halved and then multiplied by σ²: what stands below the line "
        "needs brackets, / (2 * sigma**2)",
        gauss_with(lambda distance, D: -(distance**2) / 2 * (D / 2) ** 2),
    ),
    Mistake(
        "distance not squared",
        "your Gaussian takes the distance as it is; it takes its square",
        gauss_with(lambda distance, D: -distance.abs() / (2 * (D / 2) ** 2)),
    ),
    Mistake(
        "no minus",
        "your Gaussian grows with the distance: its exponent is negative",
        gauss_with(lambda distance, D: distance**2 / (2 * (D / 2) ** 2)),
    ),
    Mistake(
        "Gaussian as a density",
        "your Gaussian is a density, divided by σ√(2π); here it is 1 at p itself",
        gauss_with(
            lambda distance, D: (
                -(distance**2) / (2 * (D / 2) ** 2) - math.log(D / 2 * math.sqrt(2 * math.pi))
            )
        ),
    ),
    Mistake(
        "Gaussian around the floor",
        "your Gaussian lies around ⌊p⌋; the window does, the Gaussian lies around p itself",
        weights_with(nearness=lambda p, D, scores: nearness(p.floor(), D, scores)),
    ),
    Mistake(
        "window around p itself",
        "your window reaches from p − D to p + D with p as it is; it is laid around ⌊p⌋, p "
        "rounded down",
        weights_with(
            window=lambda p, D, mask: ((torch.arange(mask.shape[1]) - p).abs() <= D) & mask
        ),
    ),
    Mistake(
        "window rounded",
        "your window is laid around p rounded to the nearest word; p is rounded down",
        weights_with(window=lambda p, D, mask: in_window(p.round(), D, mask)),
    ),
    Mistake(
        "p rounded",
        "you round p to the nearest word, for window and Gaussian; the window lies around p "
        "rounded down, the Gaussian around p itself",
        weights_with(position=lambda z, mask: position(z, mask).round()),
    ),
    Mistake(
        "window rounded up",
        "your window is laid around p rounded up; p is rounded down",
        weights_with(window=lambda p, D, mask: in_window(p.ceil(), D, mask)),
    ),
    Mistake(
        "right end missing",
        "your window ends one word too early: ⌊p⌋ + D belongs to it, while a slice and a range "
        "leave their end out",
        window_with(lambda distance, D: (distance >= -D) & (distance < D)),
    ),
    Mistake(
        "both ends missing",
        "your window is one word too short on either side: ⌊p⌋ − D and ⌊p⌋ + D belong to it",
        window_with(lambda distance, D: distance.abs() < D),
    ),
    Mistake(
        "window to the right",
        "your window reaches to the right of ⌊p⌋ alone; it reaches D words to either side",
        window_with(lambda distance, D: (distance >= 0) & (distance <= D)),
    ),
    Mistake(
        "window to the left",
        "your window reaches to the left of ⌊p⌋ alone; it reaches D words to either side",
        window_with(lambda distance, D: (distance >= -D) & (distance <= 0)),
    ),
    Mistake(
        "half of the window",
        "your window reaches σ = D/2 words to either side; it is the Gaussian that has σ, the "
        "window reaches D words",
        window_with(lambda distance, D: distance.abs() <= D / 2),
    ),
    Mistake(
        "length of the batch",
        "your S is the length of the longest sentence; each sentence has its own S, the number "
        "of its words",
        weights_with(position=lambda z, mask: mask.shape[1] * torch.sigmoid(z)[:, None]),
    ),
    Mistake(
        "one word less",
        "your p is (S − 1) σ(z); in the paper it is S σ(z)",
        weights_with(
            position=lambda z, mask: (mask.sum(1, keepdim=True) - 1) * torch.sigmoid(z)[:, None]
        ),
    ),
    Mistake(
        "counted from one",
        "your positions count from 1; here the first word is at position 0",
        weights_with(position=lambda z, mask: position(z, mask) - 1),
    ),
    Mistake(
        "as in the program",
        "your p is (S − 1) σ(z) + 1, which counts from 1 as the authors' program does; here it "
        "is S σ(z), from 0",
        weights_with(
            position=lambda z, mask: (mask.sum(1, keepdim=True) - 1) * torch.sigmoid(z)[:, None] + 1
        ),
    ),
    Mistake(
        "no sigmoid",
        "your p is S z: the sigmoid makes a share of z first, between 0 and 1",
        weights_with(position=lambda z, mask: mask.sum(1, keepdim=True) * z[:, None]),
    ),
    Mistake(
        "z as it is",
        "you take z for the position; p is S σ(z), a share of the sentence's words",
        weights_with(position=lambda z, mask: z[:, None]),
    ),
    Mistake(
        "no mask",
        "padding gets weight: the window ends where the sentence ends",
        lambda scores, z, D, mask: (
            masked_softmax(scores, in_window(position(z, mask), D, torch.ones_like(mask)))
            * nearness(position(z, mask), D, scores)
        ),
    ),
    Mistake(
        "mask after the softmax",
        "padding inside the window takes its share of the softmax and is cut afterwards; it "
        "must take no part",
        padding_cut,
    ),
    Mistake(
        "scores of zero",
        "you set the scores outside the window to 0, but exp(0) is 1, so they still get "
        "weight; masked_softmax leaves them out",
        lambda scores, z, D, mask: (
            (scores * in_window(position(z, mask), D, mask)).softmax(-1)
            * nearness(position(z, mask), D, scores)
        ),
    ),
    Mistake(
        "softmax over the sentences",
        "your softmax goes over the sentences of the batch; it goes over the words of each "
        "sentence, the last dimension",
        over_sentences,
    ),
    Mistake(
        "p along the words",
        "your p (B,) lies along the words: p[:, None] gives each sentence its own",
        along_the_words,
    ),
)
