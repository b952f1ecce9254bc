"""bahdanau.by_hand: one look at a sentence of three words and a padding, with a pencil."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from attention_course.exercises.question import Case, Mistake, Question
from attention_course.exercises.values import Tolerance

# tanh(ln a) = (a² − 1)/(a² + 1): 3/5 for ln 2 and 4/5 for ln 3, so that every exp is a power of 2.
LN_2, LN_3 = math.log(2), math.log(3)
QUERY = torch.tensor([-LN_2, LN_2])  # W_a s_{i-1}
KEYS = torch.tensor([[LN_2 + LN_3, -LN_2], [0, 0], [2 * LN_2, -LN_2], [LN_2, 0]])  # U_a h_j
ANNOTATIONS = torch.tensor([[1.0, 0.0], [0.0, 2.0], [4.0, -1.0], [6.0, 6.0]])  # h_j
V = torch.tensor([5 * LN_2, 10 * LN_2])
REAL = 3  # the last position is padding


def _answer(scores: Tensor, weights: Tensor, context: Tensor) -> list[list[float]]:
    return [scores.tolist(), weights.tolist(), context.tolist()]


def _scores() -> Tensor:
    return torch.tanh(QUERY + KEYS) @ V


def _softmax(scores: Tensor, real: int = REAL) -> Tensor:
    weights = torch.zeros(len(scores))
    weights[:real] = scores[:real].softmax(0)
    return weights


def _from_scores(scores: Tensor) -> list[list[float]]:
    weights = _softmax(scores)
    return _answer(scores, weights, weights @ ANNOTATIONS)


def _from_weights(weights: Tensor) -> list[list[float]]:
    return _answer(_scores(), weights, weights @ ANNOTATIONS)


def _from_context(context: Tensor) -> list[list[float]]:
    return _answer(_scores(), _softmax(_scores()), context)


def alignment() -> list[list[float]]:
    """The reference: scores, weights, context."""
    return _from_scores(_scores())


def _shares() -> list[list[float]]:
    scores = _scores()
    scores[REAL:] = 0
    return _from_weights(scores / scores.sum())


def _not_normalised() -> list[list[float]]:
    weights = _scores().exp()
    weights[REAL:] = 0
    return _from_weights(weights)


def _rounded() -> list[list[float]]:
    return [[round(number, 2) for number in part] for part in alignment()]


QUESTION = Question(
    id="bahdanau.by_hand",
    answer="alignment",
    title="One look by hand",
    points=10,
    minutes=15,
    difficulty=1,
    kind="by hand",
    cases=(
        Case("the scores", part=0),
        Case("the weights", part=1),
        Case("the context", part=2),
    ),
    reference=alignment,
    mistakes=(
        Mistake(
            "padding has weight",
            "the fourth position is padding: it may have a score, but its weight is zero, and the "
            "other three sum to one",
            lambda: _from_weights(_softmax(_scores(), real=4)),
        ),
        Mistake(
            "no tanh",
            "your scores are those without the tanh",
            lambda: _from_scores((QUERY + KEYS) @ V),
        ),
        Mistake(
            "query left out",
            "your scores are those of the keys alone: W_a s is added to each of them first",
            lambda: _from_scores(torch.tanh(KEYS) @ V),
        ),
        Mistake(
            "no v",
            "your scores are plain sums of the two tanh values; v weighs them",
            lambda: _from_scores(torch.tanh(QUERY + KEYS).sum(1)),
        ),
        Mistake(
            "multiples of ln 2",
            "your scores are counted in multiples of ln 2; multiply them by 0.693",
            lambda: [(_scores() / LN_2).tolist(), *alignment()[1:]],
        ),
        Mistake(
            "no score at the padding",
            "the padding has a score like the words; it is its weight that is zero",
            lambda: [[*_scores()[:REAL].tolist(), 0.0], *alignment()[1:]],
        ),
        Mistake(
            "shares without exp",
            "your weights are the scores' shares of their sum; a softmax takes exp of each first",
            _shares,
        ),
        Mistake(
            "not divided",
            "your weights are exp of the scores; divide each by their sum",
            _not_normalised,
        ),
        Mistake(
            "the winner alone",
            "you give all the weight to the highest score; a softmax shares it out",
            lambda: _from_weights(torch.tensor([1.0, 0.0, 0.0, 0.0])),
        ),
        Mistake(
            "plain mean",
            "your context is the plain mean of the annotations; each counts by its weight",
            lambda: _from_context(ANNOTATIONS[:REAL].mean(0)),
        ),
        Mistake(
            "context of keys",
            "you mixed the keys U_a h; the context mixes the annotations h themselves",
            lambda: _from_context(_softmax(_scores()) @ KEYS),
        ),
        Mistake(
            "context divided once more",
            "your context is divided by the number of words; the weights sum to one already",
            lambda: _from_context(_softmax(_scores()) @ ANNOTATIONS / REAL),
        ),
    ),
    alternatives={
        "rounded to two decimals": _rounded,
        "as tensors": lambda: tuple(torch.tensor(part) for part in alignment()),
        "in double precision": lambda: [torch.tensor(p, dtype=torch.float64) for p in alignment()],
    },
    tolerance=Tolerance(absolute=0.012, relative=0.0),
)
