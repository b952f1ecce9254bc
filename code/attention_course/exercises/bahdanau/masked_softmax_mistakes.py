"""Known mistakes in answers to bahdanau.masked_softmax."""

from __future__ import annotations

import torch
from torch import Tensor

from attention_course.exercises.bahdanau.masked_softmax_answers import masked_softmax
from attention_course.exercises.question import Mistake


def _naive(scores: Tensor, mask: Tensor) -> Tensor:
    exponentials = torch.exp(scores) * mask
    return exponentials / exponentials.sum(-1, keepdim=True)


def _naive_guarded(scores: Tensor, mask: Tensor) -> Tensor:
    exponentials = torch.exp(scores) * mask
    return exponentials / exponentials.sum(-1, keepdim=True).clamp_min(1e-30)


def _largest_of_all(scores: Tensor, mask: Tensor) -> Tensor:
    exponentials = torch.exp(scores - scores.amax(-1, keepdim=True)) * mask
    return exponentials / exponentials.sum(-1, keepdim=True).clamp_min(1e-30)


def _minus_infinity(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, float("-inf")).softmax(-1)


def _renormalised(scores: Tensor, mask: Tensor) -> Tensor:
    weights = scores.softmax(-1) * mask
    return weights / weights.sum(-1, keepdim=True)


def _taken_off(scores: Tensor, mask: Tensor) -> Tensor:
    return (scores - (1 - mask.to(scores.dtype)) * 1e4).softmax(-1) * mask


def _no_keepdim(scores: Tensor, mask: Tensor) -> Tensor:
    low = scores.masked_fill(~mask, -1e9)
    exponentials = torch.exp(low - low.amax(-1, keepdim=True)) * mask
    return exponentials / exponentials.sum(-1).clamp_min(1e-30)


def _no_keepdim_at_all(scores: Tensor, mask: Tensor) -> Tensor:
    low = scores.masked_fill(~mask, -1e9)
    exponentials = torch.exp(low - low.amax(-1)) * mask
    return exponentials / exponentials.sum(-1).clamp_min(1e-30)


MISTAKES = (
    Mistake(
        "as given",
        "these are still the weights of the broken version: look at the dimension that it sums "
        "over first",
        lambda scores, mask: torch.exp(scores) / torch.exp(scores).sum(dim=0, keepdim=True) * mask,
    ),
    Mistake(
        "mask after softmax",
        "your mask comes after the softmax, so padding has taken its share and the rest no "
        "longer sums to one",
        lambda scores, mask: scores.softmax(-1) * mask,
    ),
    Mistake(
        "zeros before and after",
        "you set the scores of padding to 0, but exp(0) is 1: padding takes its share, and "
        "once that is taken away the rest no longer sums to one",
        lambda scores, mask: (scores * mask).softmax(-1) * mask,
    ),
    Mistake(
        "mask after naive softmax",
        "you divide by a sum that still has the padding in it, so the weights of the real "
        "words no longer sum to one",
        lambda scores, mask: torch.exp(scores) / torch.exp(scores).sum(-1, keepdim=True) * mask,
    ),
    Mistake(
        "wrong dimension",
        "your weights sum to one over the sentences of the batch, not over the words of a sentence",
        lambda scores, mask: masked_softmax(scores.T, mask.T).T,
    ),
    Mistake(
        "overflow and empty",
        "right for ordinary scores, but exp of a thousand is infinite, exp far below is zero, "
        "and a sentence without words divides zero by zero: take each row's own largest score "
        "off first",
        _naive,
    ),
    Mistake(
        "overflow",
        "exp of a large score is infinite: take each row's largest score off first, which "
        "leaves the softmax as it is",
        _naive_guarded,
    ),
    Mistake(
        "clamped",
        "scores beyond a bound of yours all count the same: take each row's largest score off "
        "instead, which leaves their differences",
        lambda scores, mask: _naive_guarded(scores.clamp(-50, 50), mask),
    ),
    Mistake(
        "largest of all",
        "the score that you take off may be that of padding, and then nothing is left of the "
        "words: take the largest of the words",
        _largest_of_all,
    ),
    Mistake(
        "nothing but padding",
        "a row that may look nowhere comes out as NaN: all its scores are minus infinity; it "
        "should be zeros",
        _minus_infinity,
    ),
    Mistake(
        "renormalised",
        "your softmax runs over the padding too and is put right afterwards: where padding has "
        "the largest score, nothing is left to divide by",
        _renormalised,
    ),
    Mistake(
        "even over padding",
        "a row that may look nowhere spreads its weight over the padding; it should be zeros",
        lambda scores, mask: scores.masked_fill(~mask, -1e9).softmax(-1),
    ),
    Mistake(
        "taken off the padding",
        "you take a fixed number off the scores of padding, which may be larger than that: put "
        "another score in their place, with masked_fill or where",
        _taken_off,
    ),
    Mistake(
        "keepdim forgotten",
        "each row has to be divided by its own sum: a sum of shape (B,) lies along the words, "
        "keepdim=True makes it (B, 1)",
        _no_keepdim,
    ),
    Mistake(
        "keepdim forgotten twice",
        "the maximum and the sum of each row have shape (B,) and lie along the words: "
        "keepdim=True makes them (B, 1)",
        _no_keepdim_at_all,
    ),
    Mistake(
        "inverted mask",
        "your mask is the wrong way round: True means that a word may be looked at",
        lambda scores, mask: masked_softmax(scores, ~mask),
    ),
    Mistake(
        "words filled",
        "you fill in the low score where the mask is True, at the words; it belongs where the "
        "mask is False",
        lambda scores, mask: scores.masked_fill(mask, -1e9).softmax(-1),
    ),
    Mistake(
        "low but not low enough",
        "the score that you give to padding is not below all others: where the words have "
        "scores of −1000, padding wins",
        lambda scores, mask: scores.masked_fill(~mask, -100.0).softmax(-1) * mask,
    ),
    Mistake(
        "the same for all",
        "all words of a sentence have the same weight, whatever their scores",
        lambda scores, mask: mask / mask.sum(-1, keepdim=True).clamp_min(1).to(scores.dtype),
    ),
    Mistake(
        "score of zero",
        "you set the scores of padding to 0, but exp(0) is 1, so padding still gets weight; it "
        "takes a score far below all others",
        lambda scores, mask: (scores * mask).softmax(-1),
    ),
    Mistake(
        "no mask",
        "your weights are those without any mask: padding gets its share like a word",
        lambda scores, mask: scores.softmax(-1),
    ),
)
