"""Known mistakes in answers to show_attend_tell.glimpse."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_course.exercises.question import Mistake
from attention_course.exercises.show_attend_tell.glimpse_answers import gate, glimpse, weighted_sum


def _hard(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    likeliest = F.one_hot(weights.argmax(-1), weights.shape[-1]).to(weights)
    return glimpse(annotations, likeliest, h, w_beta, b_beta)


MISTAKES = (
    Mistake(
        "no gate",
        "this is the weighted sum alone; the gate β scales it",
        lambda annotations, weights, h, w_beta, b_beta: weighted_sum(annotations, weights),
    ),
    Mistake(
        "gate per feature",
        "your gate has a number of its own for each number of the context, as in a popular "
        "program; the paper's β is one number: add up w_β h over n",
        lambda annotations, weights, h, w_beta, b_beta: (
            torch.sigmoid(h * w_beta + b_beta) * weighted_sum(annotations, weights)
        ),
    ),
    Mistake(
        "gate along the features",
        "your β (B,) lies along the numbers of the context: β[:, None] gives each picture its own",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h, w_beta, b_beta) * weighted_sum(annotations, weights)
        ),
    ),
    Mistake(
        "no sigmoid",
        "your gate is w_β h + b_β as it is: the sigmoid makes a number between 0 and 1 of it",
        lambda annotations, weights, h, w_beta, b_beta: (
            (h @ w_beta + b_beta)[:, None] * weighted_sum(annotations, weights)
        ),
    ),
    Mistake(
        "tanh",
        "your gate goes through a tanh, which can turn the picture's sign; it is a sigmoid",
        lambda annotations, weights, h, w_beta, b_beta: (
            torch.tanh(h @ w_beta + b_beta)[:, None] * weighted_sum(annotations, weights)
        ),
    ),
    Mistake(
        "softmax for a gate",
        "your gates sum to one over the pictures: a softmax, where each has a sigmoid of its own",
        lambda annotations, weights, h, w_beta, b_beta: (
            (h @ w_beta + b_beta).softmax(0)[:, None] * weighted_sum(annotations, weights)
        ),
    ),
    Mistake(
        "no bias",
        "your gate leaves b_β out",
        lambda annotations, weights, h, w_beta, b_beta: glimpse(
            annotations, weights, h, w_beta, 0 * b_beta
        ),
    ),
    Mistake(
        "bias n times",
        "your gate adds b_β to each of the n products, so that it counts n times: add it once, "
        "to their sum",
        lambda annotations, weights, h, w_beta, b_beta: (
            torch.sigmoid((h * w_beta + b_beta).sum(1))[:, None]
            * weighted_sum(annotations, weights)
        ),
    ),
    Mistake(
        "one gate for all",
        "all pictures share one gate, of the mean of their states; each has its own",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h.mean(0), w_beta, b_beta) * weighted_sum(annotations, weights)
        ),
    ),
    Mistake(
        "the other half",
        "you multiply by 1 − β: where the gate is open, β = 1, the picture counts in full",
        lambda annotations, weights, h, w_beta, b_beta: glimpse(
            annotations, weights, h, -w_beta, -b_beta
        ),
    ),
    Mistake(
        "gate twice",
        "your context is scaled by β twice",
        lambda annotations, weights, h, w_beta, b_beta: (
            glimpse(annotations, weights, h, w_beta, b_beta) * gate(h, w_beta, b_beta)[:, None]
        ),
    ),
    Mistake(
        "gate added",
        "you add β to the sum; it multiplies",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h, w_beta, b_beta)[:, None] + weighted_sum(annotations, weights)
        ),
    ),
    Mistake(
        "mean of the products",
        "your context is too small by the factor L: the weights sum to one already, so add up "
        "and take no mean",
        lambda annotations, weights, h, w_beta, b_beta: (
            glimpse(annotations, weights, h, w_beta, b_beta) / weights.shape[-1]
        ),
    ),
    Mistake(
        "mean of the products, no gate",
        "two things are amiss: you take the mean over the places, where the weights sum to one "
        "already, and the gate is missing",
        lambda annotations, weights, h, w_beta, b_beta: (
            weighted_sum(annotations, weights) / weights.shape[-1]
        ),
    ),
    Mistake(
        "plain mean",
        "your context is that of the plain mean of the annotations; each counts by its weight",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h, w_beta, b_beta)[:, None] * annotations.mean(1)
        ),
    ),
    Mistake(
        "softmax again",
        "you take a softmax of the weights; they have been through one",
        lambda annotations, weights, h, w_beta, b_beta: glimpse(
            annotations, weights.softmax(-1), h, w_beta, b_beta
        ),
    ),
    Mistake(
        "hard",
        "you look at the place with the largest weight alone; a soft glimpse mixes all places",
        _hard,
    ),
    Mistake(
        "summed over the features",
        "you add up over the numbers of an annotation, which leaves (B, L); add up over the places",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h, w_beta, b_beta)[:, None] * (weights[..., None] * annotations).sum(-1)
        ),
    ),
    Mistake(
        "summed over the pictures",
        "you add up over the pictures of the batch, the first dimension; the places are the second",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h, w_beta, b_beta)[:, None, None] * weights[..., None] * annotations
        ).sum(0),
    ),
    Mistake(
        "not summed",
        "your context still has a dimension for the places, (B, L, D): add them up",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h, w_beta, b_beta)[:, None, None] * weights[..., None] * annotations
        ),
    ),
    Mistake(
        "weights along the features",
        "your weights (B, L) lie along the numbers of the annotations: they take a last "
        "dimension of size 1, weights[..., None]",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h, w_beta, b_beta)[:, None] * (weights * annotations).sum(1)
        ),
    ),
    Mistake(
        "every weight meets every picture",
        "your context is (B, B, D), each row of weights with each picture: weights that are "
        "(B, 1, L) meet their own picture only",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h, w_beta, b_beta)[:, None] * (weights @ annotations)
        ),
    ),
    Mistake(
        "row left",
        "your context is (B, 1, D): the dimension that you gave the weights is still there, "
        "and squeeze(1) takes it away",
        lambda annotations, weights, h, w_beta, b_beta: (
            gate(h, w_beta, b_beta)[:, None, None] * (weights[:, None] @ annotations)
        ),
    ),
    Mistake(
        "squeezed to nothing",
        "squeeze() takes away every dimension of size 1, the batch's too where it holds one "
        "picture: say which, squeeze(1)",
        lambda annotations, weights, h, w_beta, b_beta: glimpse(
            annotations, weights, h, w_beta, b_beta
        ).squeeze(),
    ),
    Mistake(
        "bias outside of the sigmoid",
        "you add b_β to what the sigmoid gives; it is added before the sigmoid",
        lambda annotations, weights, h, w_beta, b_beta: (
            (gate(h, w_beta, 0 * b_beta) + b_beta)[:, None] * weighted_sum(annotations, weights)
        ),
    ),
    Mistake(
        "mean over the state",
        "you take the mean of the n products of w_β and h; the gate has their sum",
        lambda annotations, weights, h, w_beta, b_beta: glimpse(
            annotations, weights, h, w_beta / len(w_beta), b_beta
        ),
    ),
)
