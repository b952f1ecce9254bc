"""transformer.smoothing: label smoothing, and the gradient of it; 1706.03762, Section 5.4."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator

from attention_course.exercises.comparing import Problem, Rank, compare
from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.question import Case, Draw, Inputs, Mistake, Question
from attention_course.exercises.transformer.picking import one_of_both
from attention_course.exercises.transformer.smoothing_answers import (
    answer_with,
    bits,
    even,
    in_two_parts,
    not_taken_off,
    others_too_little,
    over_the_others,
    per_sentence,
    single,
    smoothed_loss,
    smoothed_probabilities,
    vocabulary_first,
    word_by_word,
)
from attention_course.exercises.values import Tolerance, Value


def _inputs(
    wanted: str,
    vocabulary: int,
    *lengths: int,
    large: float = 0.0,
    dtype: torch.dtype = torch.float32,
) -> Draw:
    """`large` is added to the logits, and taken off some of them."""

    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        logits = normal(generator, *mask.shape, vocabulary, std=1.5, dtype=dtype)
        logits[..., ::2] += large
        return {
            "logits": logits,
            "target": integers(generator, 1, vocabulary, *mask.shape) * mask,
            "mask": mask,
            "smoothing": 0.1 + 0.3 * float(torch.rand(1, generator=generator)),
            "wanted": wanted,
        }

    return draw


def judge(given: Value, expected: Value, inputs: Inputs, tolerance: Tolerance) -> Problem | None:
    """Equal tensors; of whoever does not return two things, that is said."""
    if isinstance(given, dict):  # how `one_of_both` says so
        return Problem(
            Rank.NOTHING, "your function has to return two things, the loss and its gradient"
        )
    return compare(given, expected, inputs, tolerance)


def _shows_rounded(given: Value, expected: Value, inputs: Inputs) -> bool:
    if expected.dtype != torch.float64 or Tolerance().allows(given, expected).all():
        return False
    return bool(Tolerance().allows(given.float(), expected.float()).all())


def _shows_infinite(given: Value, expected: Value, inputs: Inputs) -> bool:
    return bool(given.shape == expected.shape and not given.isfinite().all())


QUESTION = Question(
    id="transformer.smoothing",
    answer="smoothed_loss",
    title="Smooth the labels, and derive the gradient",
    points=14,
    minutes=12,
    difficulty=3,
    kind="write",
    cases=(
        Case("the loss of padded sentences", _inputs("loss", 7, 6, 2, 3)),
        Case("the loss of one sentence", _inputs("loss", 5, 4)),
        Case("the loss of large logits", _inputs("loss", 6, 5, 3, large=150.0)),
        Case("the gradient for padded sentences", _inputs("gradient", 7, 5, 3, 2)),
        Case("the gradient for one sentence", _inputs("gradient", 5, 4)),
        Case("the gradient in double precision", _inputs("gradient", 4, 4, 2, dtype=torch.float64)),
    ),
    reference=smoothed_loss,
    mistakes=(
        Mistake(
            "over the others",
            "you spread ε over the V − 1 other words; here all V get a share, the right one too",
            answer_with(q=over_the_others),
        ),
        Mistake(
            "the right word without a share",
            "your targets sum to less than one: the right word gets its share ε/V, too, beside 1 "
            "− ε",
            answer_with(q=others_too_little),
        ),
        Mistake(
            "nothing taken off",
            "your targets sum to more than one: what is spread is taken off the right word, which "
            "keeps 1 − ε",
            answer_with(q=not_taken_off),
        ),
        Mistake(
            "gradient not smoothed",
            "your gradient is that of the loss without smoothing: take the smoothed targets "
            "there, too",
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
            "right for ordinary logits, but the probability of an improbable word is rounded to "
            "zero, and its logarithm is infinite: use log_softmax",
            answer_with(log_p=lambda logits: logits.softmax(-1).log()),
            sign=_shows_infinite,
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
    ),
    alternatives={
        "in two parts": in_two_parts,
        "word by word, double precision": word_by_word,
        "vocabulary first, not contiguous": vocabulary_first,
    },
    ask=one_of_both,
    judge=judge,
    barred=(
        "torch.autograd",
        "torch.func",
        "functorch",
        "torch.nn.CrossEntropyLoss",
        "torch.nn.functional.cross_entropy",
        "attention_course.training",
        "attention_course.exercises.transformer",
    ),
)
