"""luong.local_p: a window around a position, and a Gaussian; 1508.04025, Equations (9) and (10)."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value
from attention_course.models.masks import masked_softmax


def local_p_weights(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """The reference."""
    p = _position(z, mask)
    return masked_softmax(scores, _window(p, D, mask)) * _nearness(p, D, scores)


def _position(z: Tensor, mask: Tensor) -> Tensor:
    return mask.sum(1, keepdim=True) * torch.sigmoid(z)[:, None]  # (B, 1)


def _window(p: Tensor, D: int, mask: Tensor) -> Tensor:
    return ((torch.arange(mask.shape[1]) - p.floor()).abs() <= D) & mask


def _nearness(p: Tensor, D: int, scores: Tensor) -> Tensor:
    return torch.exp(-((torch.arange(scores.shape[1]) - p) ** 2) / (2 * (D / 2) ** 2))


# --- right, written otherwise -----------------------------------------------------------------


def _by_sentence(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    weights = torch.zeros_like(scores)
    for b, real in enumerate(mask.sum(1).tolist()):
        p = real / (1 + math.exp(-float(z[b])))
        first, last = max(0, math.floor(p) - D), min(real - 1, math.floor(p) + D)
        weights[b, first : last + 1] = scores[b, first : last + 1].softmax(0)
        for s in range(first, last + 1):
            weights[b, s] *= math.exp(-2 * (s - p) ** 2 / D**2)
    return weights


def _minus_infinity(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    p = mask.sum(1) * z.sigmoid()  # (B,)
    s = torch.arange(scores.shape[1]).expand_as(scores)
    outside = (s < p.floor()[:, None] - D) | (s > p.floor()[:, None] + D) | ~mask
    weights = torch.softmax(scores.masked_fill(outside, -torch.inf), dim=-1)
    return weights * torch.exp(-0.5 * ((s - p[:, None]) / (D / 2)).square())


def _double_transposed(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    p = mask.sum(1).double() / (1 + torch.exp(-z.double()))  # (B,)
    s = torch.arange(scores.shape[1])[:, None]  # (S, 1)
    seen = mask.T & (s - p.floor() >= -D) & (s - p.floor() <= D)  # (S, B)
    log = scores.T.double().masked_fill(~seen, -1e300).log_softmax(0)
    return (torch.exp(log - 2 * ((s - p) / D) ** 2) * seen).T


def _exponentials(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    p = mask.sum(1) * torch.sigmoid(z)
    distance = torch.arange(scores.shape[1])[None] - p[:, None]
    seen = mask & ((distance + (p - p.floor())[:, None]).abs() < D + 0.5)
    exponentials = torch.exp(scores - scores.amax(1, keepdim=True)) * seen
    shares = exponentials / exponentials.sum(1, keepdim=True)
    return (
        shares
        * torch.distributions.Normal(0, D / 2).log_prob(distance).exp()
        * (D / 2 * math.sqrt(2 * math.pi))
    )


# --- wrong ------------------------------------------------------------------------------------


def _with(
    *,
    position: Callable[[Tensor, Tensor], Tensor] = _position,
    window: Callable[[Tensor, int, Tensor], Tensor] = _window,
    nearness: Callable[[Tensor, int, Tensor], Tensor] = _nearness,
) -> Callable[[Tensor, Tensor, int, Tensor], Tensor]:
    """The right answer with another position (B, 1), window (B, S) or Gaussian (B, S)."""

    def answer(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
        p = position(z, mask)
        return masked_softmax(scores, window(p, D, mask)) * nearness(p, D, scores)

    return answer


def _gauss(exponent: Callable[[Tensor, int], Tensor]) -> Callable[..., Tensor]:
    """The right answer with the exponential of another function of the distances and D."""
    return _with(
        nearness=lambda p, D, scores: torch.exp(exponent(torch.arange(scores.shape[1]) - p, D))
    )


def _reach(seen: Callable[[Tensor, int], Tensor]) -> Callable[..., Tensor]:
    """The right answer with another function of the distances from ⌊p⌋ and D as its window."""
    return _with(window=lambda p, D, mask: seen(torch.arange(mask.shape[1]) - p.floor(), D) & mask)


def _renormalised(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    weights = local_p_weights(scores, z, D, mask)
    return weights / weights.sum(-1, keepdim=True)


def _softmax_twice(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    return masked_softmax(local_p_weights(scores, z, D, mask), _window(_position(z, mask), D, mask))


def _gauss_on_scores(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    p = _position(z, mask)
    return masked_softmax(scores * _nearness(p, D, scores), _window(p, D, mask))


def _whole_sentence_cut(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    p = _position(z, mask)
    return masked_softmax(scores, mask) * _window(p, D, mask) * _nearness(p, D, scores)


def _padding_cut(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    p = _position(z, mask)
    seen = _window(p, D, torch.ones_like(mask))
    return masked_softmax(scores, seen) * _nearness(p, D, scores) * mask


def _over_sentences(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    p = _position(z, mask)
    return masked_softmax(scores, _window(p, D, mask), dim=0) * _nearness(p, D, scores)


def _along_the_words(scores: Tensor, z: Tensor, D: int, mask: Tensor) -> Tensor:
    """p (B,) without a second dimension."""
    p = mask.sum(1) * torch.sigmoid(z)
    return masked_softmax(scores, _window(p, D, mask)) * _nearness(p, D, scores)


def _inputs(
    D: int,
    *lengths: int,
    width: int | None = None,
    edges: bool = False,
    dtype: torch.dtype = torch.float32,
) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths, width=width)
        z = normal(generator, len(lengths), std=0.8, dtype=dtype)
        if edges:  # by turns at the very beginning and at the very end
            z = torch.where(torch.arange(len(lengths)) % 2 == 0, -4 - z.abs(), 4 + z.abs())
        return {
            "scores": normal(generator, *mask.shape, dtype=dtype),
            "z": z,
            "D": D,
            "mask": mask,
        }

    return draw


QUESTION = Question(
    id="luong.local_p",
    answer="local_p_weights",
    title="Write the weights of local-p",
    points=18,
    minutes=20,
    difficulty=3,
    kind="write",
    cases=(
        Case("sentences of unequal length", _inputs(2, 11, 7, 9, 5)),
        Case("a batch of one", _inputs(3, 12)),
        Case("positions at the edges", _inputs(2, 9, 8, 6, 9, edges=True)),
        Case("a window wider than the sentence", _inputs(10, 6, 4, 3)),
        Case("as many sentences as words", _inputs(1, 6, 4, 5, 6, 3, 6)),
        Case("double precision", _inputs(2, 8, 10, dtype=torch.float64)),
    ),
    reference=local_p_weights,
    mistakes=(
        Mistake(
            "renormalised",
            "your weights sum to one; in the paper the products with the Gaussian stay as they "
            "are, so that they sum to less",
            _renormalised,
        ),
        Mistake(
            "softmax twice",
            "you take a softmax of the products again; the products themselves are the weights",
            _softmax_twice,
        ),
        Mistake(
            "Gaussian on the scores",
            "your Gaussian multiplies the scores, before the softmax; it multiplies the weights, "
            "after it",
            _gauss_on_scores,
        ),
        Mistake(
            "softmax over the sentence first",
            "your softmax goes over the whole sentence and the window comes after it; the softmax "
            "goes over the window alone",
            _whole_sentence_cut,
        ),
        Mistake(
            "no window",
            "there is no window: words further than D from ⌊p⌋ get exactly zero, and take no part "
            "in the softmax",
            _with(window=lambda p, D, mask: mask),
        ),
        Mistake(
            "no Gaussian",
            "your weights are those of the window alone; each is still multiplied by its Gaussian",
            _with(nearness=lambda p, D, scores: torch.ones_like(scores)),
        ),
        Mistake(
            "Gaussian alone",
            "your weights do not depend on the scores: the Gaussian multiplies the softmax of the "
            "scores",
            lambda scores, z, D, mask: (
                _nearness(_position(z, mask), D, scores) * _window(_position(z, mask), D, mask)
            ),
        ),
        Mistake(
            "sigma is D",
            "your Gaussian is too wide: σ is D/2, not D",
            _gauss(lambda distance, D: -(distance**2) / (2 * D**2)),
        ),
        Mistake(
            "sigma is one",
            "your Gaussian has σ = 1 whatever D is; σ is D/2",
            _gauss(lambda distance, D: -(distance**2) / 2),
        ),
        Mistake(
            "variance not doubled",
            "your Gaussian divides the squared distance by σ²; it is divided by 2σ²",
            _gauss(lambda distance, D: -(distance**2) / (D / 2) ** 2),
        ),
        Mistake(
            "sigma not squared",
            "your Gaussian divides the squared distance by 2σ; it is divided by 2σ²",
            _gauss(lambda distance, D: -(distance**2) / (2 * (D / 2))),
        ),
        Mistake(
            "denominator without brackets",
            "your squared distance is halved and then multiplied by σ²: what stands below the line "
            "needs brackets, / (2 * sigma**2)",
            _gauss(lambda distance, D: -(distance**2) / 2 * (D / 2) ** 2),
        ),
        Mistake(
            "distance not squared",
            "your Gaussian takes the distance as it is; it takes its square",
            _gauss(lambda distance, D: -distance.abs() / (2 * (D / 2) ** 2)),
        ),
        Mistake(
            "no minus",
            "your Gaussian grows with the distance: its exponent is negative",
            _gauss(lambda distance, D: distance**2 / (2 * (D / 2) ** 2)),
        ),
        Mistake(
            "Gaussian as a density",
            "your Gaussian is a density, divided by σ√(2π); here it is 1 at p itself",
            _gauss(
                lambda distance, D: (
                    -(distance**2) / (2 * (D / 2) ** 2) - math.log(D / 2 * math.sqrt(2 * math.pi))
                )
            ),
        ),
        Mistake(
            "Gaussian around the floor",
            "your Gaussian lies around ⌊p⌋; the window does, the Gaussian lies around p itself",
            _with(nearness=lambda p, D, scores: _nearness(p.floor(), D, scores)),
        ),
        Mistake(
            "window around p itself",
            "your window reaches from p − D to p + D with p as it is; it is laid around ⌊p⌋, p "
            "rounded down",
            _with(window=lambda p, D, mask: ((torch.arange(mask.shape[1]) - p).abs() <= D) & mask),
        ),
        Mistake(
            "window rounded",
            "your window is laid around p rounded to the nearest word; p is rounded down",
            _with(window=lambda p, D, mask: _window(p.round(), D, mask)),
        ),
        Mistake(
            "p rounded",
            "you round p to the nearest word, for window and Gaussian; the window lies around p "
            "rounded down, the Gaussian around p itself",
            _with(position=lambda z, mask: _position(z, mask).round()),
        ),
        Mistake(
            "window rounded up",
            "your window is laid around p rounded up; p is rounded down",
            _with(window=lambda p, D, mask: _window(p.ceil(), D, mask)),
        ),
        Mistake(
            "right end missing",
            "your window ends one word too early: ⌊p⌋ + D belongs to it, while a slice and a range "
            "leave their end out",
            _reach(lambda distance, D: (distance >= -D) & (distance < D)),
        ),
        Mistake(
            "both ends missing",
            "your window is one word too short on either side: ⌊p⌋ − D and ⌊p⌋ + D belong to it",
            _reach(lambda distance, D: distance.abs() < D),
        ),
        Mistake(
            "window to the right",
            "your window reaches to the right of ⌊p⌋ alone; it reaches D words to either side",
            _reach(lambda distance, D: (distance >= 0) & (distance <= D)),
        ),
        Mistake(
            "window to the left",
            "your window reaches to the left of ⌊p⌋ alone; it reaches D words to either side",
            _reach(lambda distance, D: (distance >= -D) & (distance <= 0)),
        ),
        Mistake(
            "half of the window",
            "your window reaches σ = D/2 words to either side; it is the Gaussian that has σ, the "
            "window reaches D words",
            _reach(lambda distance, D: distance.abs() <= D / 2),
        ),
        Mistake(
            "length of the batch",
            "your S is the length of the longest sentence; each sentence has its own S, the number "
            "of its words",
            _with(position=lambda z, mask: mask.shape[1] * torch.sigmoid(z)[:, None]),
        ),
        Mistake(
            "one word less",
            "your p is (S − 1) σ(z); in the paper it is S σ(z)",
            _with(
                position=lambda z, mask: (mask.sum(1, keepdim=True) - 1) * torch.sigmoid(z)[:, None]
            ),
        ),
        Mistake(
            "counted from one",
            "your positions count from 1; here the first word is at position 0",
            _with(position=lambda z, mask: _position(z, mask) - 1),
        ),
        Mistake(
            "as in the program",
            "your p is (S − 1) σ(z) + 1, which counts from 1 as the authors' program does; here it "
            "is S σ(z), from 0",
            _with(
                position=lambda z, mask: (
                    (mask.sum(1, keepdim=True) - 1) * torch.sigmoid(z)[:, None] + 1
                )
            ),
        ),
        Mistake(
            "no sigmoid",
            "your p is S z: the sigmoid makes a share of z first, between 0 and 1",
            _with(position=lambda z, mask: mask.sum(1, keepdim=True) * z[:, None]),
        ),
        Mistake(
            "z as it is",
            "you take z for the position; p is S σ(z), a share of the sentence's words",
            _with(position=lambda z, mask: z[:, None]),
        ),
        Mistake(
            "no mask",
            "padding gets weight: the window ends where the sentence ends",
            lambda scores, z, D, mask: (
                masked_softmax(scores, _window(_position(z, mask), D, torch.ones_like(mask)))
                * _nearness(_position(z, mask), D, scores)
            ),
        ),
        Mistake(
            "mask after the softmax",
            "padding inside the window takes its share of the softmax and is cut afterwards; it "
            "must take no part",
            _padding_cut,
        ),
        Mistake(
            "scores of zero",
            "you set the scores outside the window to 0, but exp(0) is 1, so they still get "
            "weight; masked_softmax leaves them out",
            lambda scores, z, D, mask: (
                (scores * _window(_position(z, mask), D, mask)).softmax(-1)
                * _nearness(_position(z, mask), D, scores)
            ),
        ),
        Mistake(
            "softmax over the sentences",
            "your softmax goes over the sentences of the batch; it goes over the words of each "
            "sentence, the last dimension",
            _over_sentences,
        ),
        Mistake(
            "p along the words",
            "your p (B,) lies along the words: p[:, None] gives each sentence its own",
            _along_the_words,
        ),
    ),
    alternatives={
        "sentence by sentence": _by_sentence,
        "minus infinity": _minus_infinity,
        "double precision, transposed": _double_transposed,
        "exponentials and a normal distribution": _exponentials,
    },
    barred=(
        "attention_course.models.windows",
        "attention_course.models.luong",
        "attention_course.exercises.luong",
    ),
)
