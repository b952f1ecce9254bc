"""show_attend_tell.penalty: Σ_i (1 − Σ_t α_ti)², the doubly stochastic penalty; 1502.03044."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from attention_course.exercises.drawing import normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value


def penalty(weights: Tensor, mask: Tensor) -> Tensor:
    """The reference."""
    return _missing(weights, mask).square().sum(1).mean()


def _missing(weights: Tensor, mask: Tensor) -> Tensor:
    return 1 - _coverage(weights, mask)  # (B, L)


def _coverage(weights: Tensor, mask: Tensor) -> Tensor:
    return (weights * mask[..., None]).sum(1)  # Σ_t α_ti (B, L)


def _words(mask: Tensor) -> Tensor:
    return mask.sum(1, keepdim=True)  # (B, 1)


def _inputs(places: int, *lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        # a model gives weights at padding, too: they sum to one there as everywhere
        scores = normal(generator, *mask.shape, places, std=1.5, dtype=dtype)
        return {"weights": scores.softmax(-1), "mask": mask}

    return draw


# --- right, written otherwise -----------------------------------------------------------------


def _place_by_place(weights: Tensor, mask: Tensor) -> Tensor:
    total = weights.new_zeros(())
    for alpha, real in zip(weights, mask, strict=True):
        for column in alpha[real].T:
            total = total + (1 - sum(column)) ** 2
    return total / len(weights)


def _einsum(weights: Tensor, mask: Tensor) -> Tensor:
    coverage = torch.einsum("btl,bt->bl", weights, mask.to(weights.dtype))
    return torch.linalg.vector_norm(coverage - 1, dim=1).pow(2).mean()


def _multiplied_out(weights: Tensor, mask: Tensor) -> Tensor:
    """L − 2 Σ + Σ², in double precision; the weights at padding replaced."""
    coverage = weights.double().masked_fill(~mask[..., None], 0.0).sum(1)
    places = weights.shape[-1]
    return places - 2 * coverage.sum(1).mean() + (coverage**2).sum() / len(weights)


QUESTION = Question(
    id="show_attend_tell.penalty",
    answer="penalty",
    title="Write the doubly stochastic penalty",
    points=11,
    minutes=15,
    difficulty=2,
    kind="write",
    cases=(
        Case("captions of unequal length", _inputs(6, 7, 3, 5)),
        Case("a batch of one", _inputs(5, 4)),
        Case("as many places as words and pictures", _inputs(4, 4, 2, 3, 4)),
        Case("captions of one word", _inputs(3, 1, 1)),
        Case("double precision", _inputs(7, 3, 6, dtype=torch.float64)),
    ),
    reference=penalty,
    mistakes=(
        Mistake(
            "mean over the places",
            "your penalty is too small by the factor L: the paper adds up over the places, where a "
            "popular program takes the mean",
            lambda weights, mask: _missing(weights, mask).square().mean(),
        ),
        Mistake(
            "padding counted",
            "you add up over padding too: where the mask is False, no word was written, and the "
            "weights there do not count",
            lambda weights, mask: penalty(weights, torch.ones_like(mask)),
        ),
        Mistake(
            "mask too late",
            "your mask comes after the sum over the words, so that the weights at padding are in "
            "it: mask the weights themselves, before they are added up",
            lambda weights, mask: (
                ((1 - weights.sum(1, keepdim=True)).square() * mask[..., None]).sum((1, 2)).mean()
            ),
        ),
        Mistake(
            "too little alone",
            "only places that are looked at too little count; what lies above one is squared too",
            lambda weights, mask: _missing(weights, mask).relu().square().sum(1).mean(),
        ),
        Mistake(
            "mean over the places, padding counted",
            "two things are amiss: you take the mean over the places, where the paper adds up, and "
            "the weights at padding count",
            lambda weights, mask: _missing(weights, torch.ones_like(mask)).square().mean(),
        ),
        Mistake(
            "summed over the places first",
            "you first add up over the places, where the weights of each word sum to one anyway: "
            "the sum inside goes over the words, the one outside over the places",
            lambda weights, mask: (1 - (weights * mask[..., None]).sum(2)).square().sum(1).mean(),
        ),
        Mistake(
            "summed over the places first, real words only",
            "your sum inside goes over the places, where the weights of a word are made to sum to "
            "one: nothing is left but rounding; it goes over the words",
            lambda weights, mask: ((1 - weights.sum(2)).square() * mask).sum(1).mean(),
        ),
        Mistake(
            "not squared",
            "what is missing at each place is not squared: too much at one place makes up for too "
            "little at another",
            lambda weights, mask: _missing(weights, mask).sum(1).mean(),
        ),
        Mistake(
            "absolute",
            "you take the absolute value of what is missing at each place; it is squared",
            lambda weights, mask: _missing(weights, mask).abs().sum(1).mean(),
        ),
        Mistake(
            "squared at the end",
            "you square the sum over the places; each place's own difference is squared",
            lambda weights, mask: _missing(weights, mask).sum(1).square().mean(),
        ),
        Mistake(
            "squared too early",
            "you square 1 − α of each single word; first add up α over the words, then take the "
            "difference and square it",
            lambda weights, mask: ((1 - weights).square() * mask[..., None]).sum((1, 2)).mean(),
        ),
        Mistake(
            "square of the sums alone",
            "you square how much each place was looked at; squared is what it lacks to 1",
            lambda weights, mask: _coverage(weights, mask).square().sum(1).mean(),
        ),
        Mistake(
            "root",
            "you take a root at the end, which makes a distance of it; the penalty is the sum of "
            "squares itself",
            lambda weights, mask: _missing(weights, mask).norm(dim=1).mean(),
        ),
        Mistake(
            "an even share",
            "you compare with an even share of the words, C/L for each place; the paper compares "
            "with 1",
            lambda weights, mask: (
                (_words(mask) / weights.shape[-1] - _coverage(weights, mask)).square().sum(1).mean()
            ),
        ),
        Mistake(
            "mean over the words",
            "you take the mean over the words of a caption inside; it is a sum, which may reach 1",
            lambda weights, mask: (
                (1 - _coverage(weights, mask) / _words(mask)).square().sum(1).mean()
            ),
        ),
        Mistake(
            "mean over all steps",
            "your inner sum is divided by T: weights.mean(1), where the paper adds up over the "
            "words",
            lambda weights, mask: (
                (1 - _coverage(weights, mask) / mask.shape[1]).square().sum(1).mean()
            ),
        ),
        Mistake(
            "summed over the batch",
            "you add up over the pictures; take their mean, so that a larger batch is not punished "
            "more",
            lambda weights, mask: _missing(weights, mask).square().sum(),
        ),
        Mistake(
            "all pictures together",
            "you add up the weights of all pictures before the difference is taken; each picture "
            "has its own",
            lambda weights, mask: (1 - _coverage(weights, mask).sum(0)).square().sum(),
        ),
        Mistake(
            "mean of the pictures first",
            "you take the mean over the pictures before the difference is squared: take it at the "
            "end, of what each picture lacks",
            lambda weights, mask: (1 - _coverage(weights, mask).mean(0)).square().sum(),
        ),
        Mistake(
            "divided by the words",
            "you divide by the number of words; the mean goes over the pictures",
            lambda weights, mask: _missing(weights, mask).square().sum() / mask.sum(),
        ),
        Mistake(
            "one for each picture",
            "you return one number for each picture, (B,): their mean is still missing",
            lambda weights, mask: _missing(weights, mask).square().sum(1),
        ),
        Mistake(
            "one for each place",
            "you return one number for each place, (B, L): add up over the places, and take the "
            "mean over the pictures",
            lambda weights, mask: _missing(weights, mask).square(),
        ),
        Mistake(
            "inverted mask",
            "your mask is the wrong way round: True means that there is a word",
            lambda weights, mask: penalty(weights, ~mask),
        ),
        Mistake(
            "mask along the places",
            "your mask (B, T) lies along the places: it takes a last dimension of size 1, "
            "mask[..., None]",
            lambda weights, mask: (1 - (weights * mask[:, None]).sum(1)).square().sum(1).mean(),
        ),
        Mistake(
            "minus",
            "your penalty is negative, which rewards what it should punish",
            lambda weights, mask: -penalty(weights, mask),
        ),
    ),
    alternatives={
        "place by place": _place_by_place,
        "einsum and a norm": _einsum,
        "multiplied out": _multiplied_out,
    },
    barred=(
        "attention_course.models.captions",
        "attention_course.exercises.show_attend_tell",
    ),
)
