"""show_attend_tell.glimpse: ẑ = β Σ_i α_i a_i, with β = σ(f_β(h)), a single number; 1502.03044."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value


def glimpse(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    """The reference."""
    return _gate(h, w_beta, b_beta)[:, None] * _sum(annotations, weights)


def _gate(h: Tensor, w_beta: Tensor, b_beta: Tensor) -> Tensor:
    return torch.sigmoid(h @ w_beta + b_beta)  # β (B,)


def _sum(annotations: Tensor, weights: Tensor) -> Tensor:
    return torch.einsum("bl,bld->bd", weights, annotations)


def _inputs(pictures: int, places: int, D: int, n: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        return {
            "annotations": normal(generator, pictures, places, D, dtype=dtype),
            "weights": normal(generator, pictures, places, dtype=dtype).softmax(-1),
            "h": normal(generator, pictures, n, std=0.8, dtype=dtype),
            "w_beta": normal(generator, n, std=n**-0.5, dtype=dtype),
            "b_beta": 0.5 + normal(generator, 1, std=0.5, dtype=dtype).abs(),
        }

    return draw


# --- right, written otherwise -----------------------------------------------------------------


def _picture_by_picture(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    rows = []
    for a, alpha, state in zip(annotations, weights, h, strict=True):
        total = torch.zeros_like(a[0])
        for weight, place in zip(alpha, a, strict=True):
            total = total + weight * place
        rows.append(torch.sigmoid((w_beta * state).sum() + b_beta) * total)
    return torch.stack(rows)


def _gate_in_the_weights(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    beta = torch.sigmoid(F.linear(h, w_beta[None], b_beta))  # (B, 1)
    return torch.bmm((beta * weights)[:, None], annotations).squeeze(1)


def _double_columns(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    """The result is not contiguous."""
    beta = 1 / (1 + torch.exp(-(h.double() @ w_beta.double()) - b_beta.double()))
    total = (annotations.double().mT @ weights.double()[..., None])[..., 0]  # (B, D)
    return (beta * total.T).T


# --- wrong ------------------------------------------------------------------------------------


def _hard(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    likeliest = F.one_hot(weights.argmax(-1), weights.shape[-1]).to(weights)
    return glimpse(annotations, likeliest, h, w_beta, b_beta)


QUESTION = Question(
    id="show_attend_tell.glimpse",
    answer="glimpse",
    title="Write a soft glimpse with its gate",
    points=10,
    minutes=10,
    difficulty=1,
    kind="write",
    cases=(
        Case("several pictures", _inputs(3, 6, 5, 4)),
        Case("a batch of one", _inputs(1, 4, 6, 3)),
        Case("equal sizes", _inputs(4, 4, 4, 4)),
        Case("double precision", _inputs(2, 5, 3, 6, torch.float64)),
    ),
    reference=glimpse,
    mistakes=(
        Mistake(
            "no gate",
            "this is the weighted sum alone; the gate β scales it",
            lambda annotations, weights, h, w_beta, b_beta: _sum(annotations, weights),
        ),
        Mistake(
            "gate per feature",
            "your gate has a number of its own for each number of the context, as in a popular "
            "program; the paper's β is one number: add up w_β h over n",
            lambda annotations, weights, h, w_beta, b_beta: (
                torch.sigmoid(h * w_beta + b_beta) * _sum(annotations, weights)
            ),
        ),
        Mistake(
            "gate along the features",
            "your β (B,) lies along the numbers of the context: β[:, None] gives each picture its "
            "own",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h, w_beta, b_beta) * _sum(annotations, weights)
            ),
        ),
        Mistake(
            "no sigmoid",
            "your gate is w_β h + b_β as it is: the sigmoid makes a number between 0 and 1 of it",
            lambda annotations, weights, h, w_beta, b_beta: (
                (h @ w_beta + b_beta)[:, None] * _sum(annotations, weights)
            ),
        ),
        Mistake(
            "tanh",
            "your gate goes through a tanh, which can turn the picture's sign; it is a sigmoid",
            lambda annotations, weights, h, w_beta, b_beta: (
                torch.tanh(h @ w_beta + b_beta)[:, None] * _sum(annotations, weights)
            ),
        ),
        Mistake(
            "softmax for a gate",
            "your gates sum to one over the pictures: a softmax, where each has a sigmoid of its "
            "own",
            lambda annotations, weights, h, w_beta, b_beta: (
                (h @ w_beta + b_beta).softmax(0)[:, None] * _sum(annotations, weights)
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
                torch.sigmoid((h * w_beta + b_beta).sum(1))[:, None] * _sum(annotations, weights)
            ),
        ),
        Mistake(
            "one gate for all",
            "all pictures share one gate, of the mean of their states; each has its own",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h.mean(0), w_beta, b_beta) * _sum(annotations, weights)
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
                glimpse(annotations, weights, h, w_beta, b_beta) * _gate(h, w_beta, b_beta)[:, None]
            ),
        ),
        Mistake(
            "gate added",
            "you add β to the sum; it multiplies",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h, w_beta, b_beta)[:, None] + _sum(annotations, weights)
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
                _sum(annotations, weights) / weights.shape[-1]
            ),
        ),
        Mistake(
            "plain mean",
            "your context is that of the plain mean of the annotations; each counts by its weight",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h, w_beta, b_beta)[:, None] * annotations.mean(1)
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
            "you add up over the numbers of an annotation, which leaves (B, L); add up over the "
            "places",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h, w_beta, b_beta)[:, None] * (weights[..., None] * annotations).sum(-1)
            ),
        ),
        Mistake(
            "summed over the pictures",
            "you add up over the pictures of the batch, the first dimension; the places are the "
            "second",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h, w_beta, b_beta)[:, None, None] * weights[..., None] * annotations
            ).sum(0),
        ),
        Mistake(
            "not summed",
            "your context still has a dimension for the places, (B, L, D): add them up",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h, w_beta, b_beta)[:, None, None] * weights[..., None] * annotations
            ),
        ),
        Mistake(
            "weights along the features",
            "your weights (B, L) lie along the numbers of the annotations: they take a last "
            "dimension of size 1, weights[..., None]",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h, w_beta, b_beta)[:, None] * (weights * annotations).sum(1)
            ),
        ),
        Mistake(
            "every weight meets every picture",
            "your context is (B, B, D), each row of weights with each picture: weights that are "
            "(B, 1, L) meet their own picture only",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h, w_beta, b_beta)[:, None] * (weights @ annotations)
            ),
        ),
        Mistake(
            "row left",
            "your context is (B, 1, D): the dimension that you gave the weights is still there, "
            "and squeeze(1) takes it away",
            lambda annotations, weights, h, w_beta, b_beta: (
                _gate(h, w_beta, b_beta)[:, None, None] * (weights[:, None] @ annotations)
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
    ),
    alternatives={
        "picture by picture": _picture_by_picture,
        "the gate in the weights": _gate_in_the_weights,
        "columns in double precision": _double_columns,
    },
    barred=(
        "attention_course.models.show_attend_tell",
        "attention_course.exercises.show_attend_tell",
    ),
)
