"""Known mistakes in answers to transformer.smoothing."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from attention_course.exercises.question import Inputs, Mistake
from attention_course.exercises.transformer.smoothing_answers import (
    answer_with,
    bits,
    even,
    not_taken_off,
    others_too_little,
    over_the_others,
    per_sentence,
    single,
    smoothed_loss,
    smoothed_probabilities,
)
from attention_course.exercises.values import Tolerance, Value

LARGE = 100.0  # of logits, in the case with large ones


def _shows_rounded(given: Value, expected: Value, inputs: Inputs) -> bool:
    if expected.dtype != torch.float64 or Tolerance().allows(given, expected).all():
        return False
    return bool(Tolerance().allows(given.float(), expected.float()).all())


def _shows_infinite(given: Value, expected: Value, inputs: Inputs) -> bool:
    return bool(given.shape == expected.shape and not given.isfinite().all())


def _shows_capped(given: Value, expected: Value, inputs: Inputs) -> bool:
    large = inputs["wanted"] == "loss" and inputs["logits"].abs().max() > LARGE
    return bool(large and 0 < given < 0.9 * expected)


def _logarithm_capped(logits: Tensor) -> Tensor:
    return (logits.softmax(-1) + 1e-9).log()


def _logarithm_rounded(logits: Tensor) -> Tensor:
    return logits.softmax(-1).log()


MISTAKES = (
    Mistake(
        "over the others",
        "you spread ε over the V − 1 other words; here all V get a share, the right one too",
        answer_with(q=over_the_others),
    ),
    Mistake(
        "the right word without a share",
        "your targets sum to less than one: the right word gets its share ε/V, too, beside 1 − ε",
        answer_with(q=others_too_little),
    ),
    Mistake(
        "nothing taken off",
        "your targets sum to more than one: what is spread is taken off the right word, which "
        "keeps 1 − ε",
        answer_with(q=not_taken_off),
    ),
    Mistake(
        "ε for each word",
        "you add ε itself to every word's target; it is spread over them, ε/V each",
        answer_with(q=lambda right, smoothing: (1 - smoothing) * right + smoothing),
    ),
    Mistake(
        "pair exchanged",
        "you return the gradient first; the loss comes first",
        lambda *inputs: smoothed_loss(*inputs)[::-1],
    ),
    Mistake(
        "gradient not smoothed",
        "your gradient is that of the loss without smoothing: take the smoothed targets there, too",
        answer_with(gradient=lambda q, p: p - F.one_hot(q.argmax(-1), q.shape[-1])),
    ),
    Mistake(
        "not smoothed",
        "your targets are not smoothed: the right word alone counts",
        answer_with(q=lambda right, smoothing: right),
    ),
    Mistake(
        "exchanged",
        "you have exchanged ε and 1 − ε: it is the small share that is spread",
        answer_with(q=lambda right, smoothing: even(right, 1 - smoothing)),
    ),
    Mistake(
        "probabilities smoothed",
        "you smooth the model's probabilities; smoothed are the targets, and the loss is −Σ q "
        "log p",
        smoothed_probabilities,
    ),
    Mistake(
        "entropy taken off",
        "your loss has the entropy of the targets taken off, as a divergence of q and p; the "
        "loss is −Σ q log p alone",
        answer_with(loss=lambda q, log_p: (q * (q.log() - log_p)).sum(-1)),
    ),
    Mistake(
        "log of a rounded number",
        "right for ordinary logits, but with large ones a probability is rounded to zero, whose "
        "logarithm is infinite, or an exponential is infinite itself: use log_softmax",
        answer_with(log_p=_logarithm_rounded),
        sign=_shows_infinite,
    ),
    Mistake(
        "log of a number made larger",
        "right for ordinary logits, but what you add to the probabilities before the logarithm "
        "hides how improbable a word is: use log_softmax, and add nothing",
        answer_with(log_p=_logarithm_capped),
        sign=_shows_capped,
    ),
    Mistake(
        "softmax over the words",
        "your softmax goes over the words of the sentence; it goes over the vocabulary",
        answer_with(dim=1),
    ),
    Mistake(
        "padding counted",
        "padding counts in your mean: neither its loss nor its number belongs there",
        answer_with(shares=lambda mask: torch.ones_like(mask) / mask.numel()),
    ),
    Mistake(
        "divided by all positions",
        "you leave out the padding, but divide by all positions; divide by the number of real "
        "words",
        answer_with(shares=lambda mask: mask / mask.numel()),
    ),
    Mistake(
        "mean of means",
        "you take the mean of each sentence, then the mean of those; every real word counts "
        "the same",
        answer_with(shares=per_sentence),
    ),
    Mistake(
        "gradient of the sum",
        "your gradient is that of the sum over the words; the loss is their mean, so divide "
        "by their number",
        answer_with(gradient_shares=lambda mask: mask),
    ),
    Mistake(
        "sum",
        "you add up over the real words; divide by their number, in the gradient as well",
        answer_with(shares=lambda mask: mask),
    ),
    Mistake(
        "divided by sentences",
        "you divide by the number of sentences; divide by the number of real words",
        answer_with(shares=lambda mask: mask / len(mask)),
    ),
    Mistake(
        "bits",
        "your loss is in bits, with logarithms of base 2; return it in nats",
        bits(),
    ),
    Mistake(
        "sign",
        "your loss has the wrong sign: it is minus the sum of q log p",
        answer_with(unit=-1.0),
    ),
    Mistake(
        "mean over the vocabulary",
        "your loss is too small by the factor V: q log p is added up over the vocabulary, no "
        "mean is taken",
        answer_with(loss=lambda q, log_p: -(q * log_p).mean(-1)),
    ),
    Mistake(
        "gradient uphill",
        "your gradient has the wrong sign: where the model gives a word more than its target, "
        "the loss grows with that word's logit",
        answer_with(gradient=lambda q, p: q - p),
    ),
    Mistake(
        "gradient at the log-probabilities",
        "your gradient stops at the log-probabilities, −q; each of them depends on all logits "
        "of its word",
        answer_with(gradient=lambda q, p: -q),
    ),
    Mistake(
        "gradient at the probabilities",
        "your gradient stops at the probabilities, −q/p; each of them depends on all logits "
        "of its word",
        answer_with(gradient=lambda q, p: -q / p),
    ),
    Mistake(
        "probabilities for a gradient",
        "you return the probabilities; the targets are still to be taken off",
        answer_with(gradient=lambda q, p: p),
    ),
    Mistake(
        "gradient of the sum, at padding too",
        "two things are amiss in your gradient: it is not divided by the number of real words, and "
        "it is not zero at padding",
        answer_with(gradient_shares=torch.ones_like),
    ),
    Mistake(
        "gradient of the sum, uphill",
        "two things are amiss in your gradient: it has the wrong sign, and it is not divided by "
        "the number of real words",
        answer_with(gradient=lambda q, p: q - p, gradient_shares=lambda mask: mask),
    ),
    Mistake(
        "gradient of the sum, not smoothed",
        "two things are amiss in your gradient: it is that of the loss without smoothing, and it "
        "is not divided by the number of real words",
        answer_with(
            gradient=lambda q, p: p - F.one_hot(q.argmax(-1), q.shape[-1]),
            gradient_shares=lambda mask: mask,
        ),
    ),
    Mistake(
        "gradient divided by V",
        "your gradient is too small by the factor V: no mean is taken over the vocabulary",
        answer_with(gradient=lambda q, p: (p - q) / q.shape[-1]),
    ),
    Mistake(
        "each logit for its own word",
        "your gradient is −q(1 − p): it leaves out that a logit lowers the probabilities of all "
        "other words",
        answer_with(gradient=lambda q, p: -q * (1 - p)),
    ),
    Mistake(
        "gradient at padding",
        "your gradient is not zero at padding, on which the loss does not depend",
        answer_with(gradient_shares=lambda mask: torch.ones_like(mask) / mask.sum()),
    ),
    Mistake(
        "single precision",
        "right for single precision; where the logits are in double precision, so must be your "
        "targets and counts: make them with the dtype of the logits",
        single,
        sign=_shows_rounded,
    ),
)
