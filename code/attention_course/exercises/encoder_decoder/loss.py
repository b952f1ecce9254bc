"""encoder_decoder.loss: cross-entropy in which padding counts nowhere."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from attention_course.exercises.drawing import integers, normal, padding_mask
from attention_course.exercises.question import Case, Draw, Mistake, Question
from attention_course.exercises.values import Value

VOCABULARY = 9


def masked_loss(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """The reference."""
    return F.cross_entropy(logits[mask], target[mask])


def _surprise(logits: Tensor, target: Tensor) -> Tensor:
    """−log p of every target token, (B, T)."""
    return -logits.log_softmax(-1).gather(-1, target[..., None])[..., 0]


def _summed(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    return (_surprise(logits, target) * mask).sum() / mask.sum()


def _ignored(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    return F.cross_entropy(logits.transpose(1, 2), target, ignore_index=0)


def _double(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    logits = logits.double()
    right = torch.einsum("btv,btv->bt", logits, F.one_hot(target, logits.shape[-1]).double())
    return torch.where(mask, logits.logsumexp(-1) - right, 0.0).sum() / mask.double().sum()


def _wrong_view(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    batch, length, vocabulary = logits.shape
    each = F.cross_entropy(logits.reshape(batch, vocabulary, length), target, reduction="none")
    return each[mask].mean()


def _by_sentence(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    return ((_surprise(logits, target) * mask).sum(1) / mask.sum(1)).mean()


def _naive(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    exponentials = logits.exp()
    p = exponentials / exponentials.sum(-1, keepdim=True)
    return -p.gather(-1, target[..., None])[..., 0][mask].log().mean()


def _log_of_softmax(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    p = logits.softmax(-1).gather(-1, target[..., None])[..., 0]
    return -p[mask].log().mean()


def _inputs(*lengths: int, dtype: torch.dtype = torch.float32) -> Draw:
    def draw(generator: Generator) -> dict[str, Value]:
        mask = padding_mask(*lengths)
        return {
            "logits": normal(generator, *mask.shape, VOCABULARY, std=1.5, dtype=dtype),
            "target": integers(generator, 1, VOCABULARY, *mask.shape) * mask,
            "mask": mask,
        }

    return draw


def _large(generator: Generator) -> dict[str, Value]:
    """Logits whose exp is infinite; of one right word the probability is too small for a float."""
    inputs = _inputs(4, 1)(generator)
    improbable = F.one_hot(inputs["target"][0, 1], VOCABULARY)
    inputs["logits"] += 800
    inputs["logits"][0, 1] += 150 - 300 * improbable
    return inputs


QUESTION = Question(
    id="encoder_decoder.loss",
    answer="masked_loss",
    title="A loss in which padding never counts",
    points=9,
    minutes=10,
    difficulty=2,
    kind="write",
    cases=(
        Case("padded sentences", _inputs(6, 2, 3)),
        Case("a batch of one", _inputs(5)),
        Case("large logits", _large),
        Case("double precision", _inputs(3, 5, dtype=torch.float64)),
    ),
    reference=masked_loss,
    mistakes=(
        Mistake(
            "padding counts",
            "your mean goes over the padding too, as if it had to be predicted",
            lambda logits, target, mask: _surprise(logits, target).mean(),
        ),
        Mistake(
            "divided by all positions",
            "your sum leaves the padding out, but you divide by all positions: divide by the "
            "number of real words",
            lambda logits, target, mask: (_surprise(logits, target) * mask).mean(),
        ),
        Mistake(
            "mean of means",
            "you take the mean of each sentence, then the mean of those, so a word counts more in "
            "a short sentence; every real word should count the same",
            _by_sentence,
        ),
        Mistake(
            "sum",
            "this is the sum over the real words; divide it by their number",
            lambda logits, target, mask: (_surprise(logits, target) * mask).sum(),
        ),
        Mistake(
            "divided by sentences",
            "this is the loss per sentence; divide by the number of real words, not of sentences",
            lambda logits, target, mask: (_surprise(logits, target) * mask).sum() / len(mask),
        ),
        Mistake(
            "softmax twice",
            "your probabilities have gone through a softmax twice: cross_entropy has one inside",
            lambda logits, target, mask: masked_loss(logits.softmax(-1), target, mask),
        ),
        Mistake(
            "log forgotten",
            "this is minus the mean probability; the loss is the mean of minus its logarithm",
            lambda logits, target, mask: (
                -logits.softmax(-1).gather(-1, target[..., None])[..., 0][mask].mean()
            ),
        ),
        Mistake(
            "no softmax",
            "this is minus the mean logit of the right words; logits have to become "
            "log-probabilities first",
            lambda logits, target, mask: F.nll_loss(logits[mask], target[mask]),
        ),
        Mistake(
            "overflow",
            "right for small logits, but exp of a large one is infinite: use log_softmax, or "
            "cross_entropy, which subtract the largest first",
            _naive,
        ),
        Mistake(
            "log of zero",
            "right for ordinary logits, but the probability of an improbable word is rounded to "
            "zero, and its logarithm is infinite: use log_softmax, or cross_entropy",
            _log_of_softmax,
        ),
        Mistake(
            "reshaped",
            "reshape (B, T, V) to (B, V, T) mixes words and vocabulary; transpose(1, 2) swaps them",
            _wrong_view,
        ),
        Mistake(
            "softmax over the words",
            "your softmax goes over the words of the sentence, not over the vocabulary",
            lambda logits, target, mask: (
                -logits.log_softmax(1).gather(-1, target[..., None])[..., 0][mask].mean()
            ),
        ),
        Mistake(
            "bits",
            "this is the loss in bits, with logarithms of base 2; return it in nats",
            lambda logits, target, mask: masked_loss(logits, target, mask) / math.log(2),
        ),
        Mistake(
            "perplexity",
            "this is the perplexity, exp of the loss; return the loss itself",
            lambda logits, target, mask: masked_loss(logits, target, mask).exp(),
        ),
        Mistake(
            "sign",
            "your loss has the wrong sign: a loss is minus the log-probability",
            lambda logits, target, mask: -masked_loss(logits, target, mask),
        ),
    ),
    alternatives={
        "sum over the mask": _summed,
        "ignore_index": _ignored,
        "double precision": _double,
    },
    barred=("attention_course.training",),
)
