"""Answers to transformer.smoothing, right ones and such with mistakes."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Pair = tuple[Tensor, Tensor]  # the loss and its gradient
Answer = Callable[[Tensor, Tensor, Tensor, float], Pair]
Smoothed = Callable[[Tensor, float], Tensor]  # of the one-hot targets (B, T, V) and ε
Shares = Callable[[Tensor], Tensor]  # of the mask (B, T) in numbers: what each position counts


def even(right: Tensor, smoothing: float) -> Tensor:
    """q: ε is spread over all words, the right one too."""
    return (1 - smoothing) * right + smoothing / right.shape[-1]


def over_the_others(right: Tensor, smoothing: float) -> Tensor:
    """A wrong q: ε is spread over the V − 1 other words."""
    return (1 - smoothing) * right + smoothing / (right.shape[-1] - 1) * (1 - right)


def others_too_little(right: Tensor, smoothing: float) -> Tensor:
    """A wrong q: the right word gets no share of ε; they sum to less than 1."""
    return (1 - smoothing) * right + smoothing / right.shape[-1] * (1 - right)


def not_taken_off(right: Tensor, smoothing: float) -> Tensor:
    """A wrong q: the right word keeps its 1; they sum to more than 1."""
    return right + smoothing / right.shape[-1]


def per_word(mask: Tensor) -> Tensor:
    """Every real word counts the same."""
    return mask / mask.sum()


def per_sentence(mask: Tensor) -> Tensor:
    """Every sentence counts the same."""
    return mask / mask.sum(1, keepdim=True) / len(mask)


def answer_with(
    *,
    q: Smoothed = even,
    shares: Shares = per_word,
    dim: int = -1,
    log_p: Callable[[Tensor], Tensor] | None = None,
    loss: Callable[[Tensor, Tensor], Tensor] = lambda q, log_p: -(q * log_p).sum(-1),
    gradient: Callable[[Tensor, Tensor], Tensor] = lambda q, p: p - q,
    gradient_shares: Shares | None = None,
    unit: float = 1.0,
) -> Answer:
    """The answer, by default without a mistake.

    Args:
        q: makes the smoothed targets.
        shares: what each position counts.
        dim: over what the softmax goes.
        log_p: makes log-probabilities of logits; None: log_softmax.
        loss: of each position, from q and the log-probabilities (B, T, V).
        gradient: of each position's loss, from q and the probabilities (B, T, V).
        gradient_shares: what each position counts in the gradient; None: as in the loss.
        unit: what the loss is multiplied by.
    """

    def smoothed_loss(logits: Tensor, target: Tensor, mask: Tensor, smoothing: float) -> Pair:
        right = F.one_hot(target, logits.shape[-1]).to(logits.dtype)
        smooth = q(right, smoothing)
        logs = logits.log_softmax(dim) if log_p is None else log_p(logits)
        counts = mask.to(logits.dtype)
        slopes = gradient(smooth, logits.softmax(dim))
        slopes = slopes * (gradient_shares or shares)(counts)[..., None]
        return unit * (loss(smooth, logs) * shares(counts)).sum(), slopes

    return smoothed_loss


smoothed_loss = answer_with()


# --- right, written otherwise -----------------------------------------------------------------


def in_two_parts(logits: Tensor, target: Tensor, mask: Tensor, smoothing: float) -> Pair:
    """(1 − ε) times the surprise at the right word, ε times the mean surprise."""
    logs = logits - logits.logsumexp(-1, keepdim=True)
    surprise = F.nll_loss(logs[mask], target[mask])
    gradient = torch.zeros_like(logits)
    gradient[mask] = logs[mask].exp() - smoothing / logits.shape[-1]
    rows = torch.arange(int(mask.sum()))
    inner = gradient[mask]
    inner[rows, target[mask]] -= 1 - smoothing
    gradient[mask] = inner / len(rows)
    return (1 - smoothing) * surprise - smoothing * logs[mask].mean(), gradient


def word_by_word(logits: Tensor, target: Tensor, mask: Tensor, smoothing: float) -> Pair:
    """A loop, in double precision; gradients of padding are never touched."""
    words, vocabulary = int(mask.sum()), logits.shape[-1]
    total, gradient = torch.zeros((), dtype=torch.float64), torch.zeros_like(logits).double()
    for b, t in mask.nonzero().tolist():
        logs = logits[b, t].double().log_softmax(0)
        q = torch.full_like(logs, smoothing / vocabulary)
        q[target[b, t]] += 1 - smoothing
        total -= q @ logs / words
        gradient[b, t] = (logs.exp() - q) / words
    return total, gradient


def vocabulary_first(logits: Tensor, target: Tensor, mask: Tensor, smoothing: float) -> Pair:
    """Works on (V, B, T); the gradient is not contiguous."""
    logs = logits.movedim(-1, 0).log_softmax(0)
    right = torch.arange(len(logs))[:, None, None] == target
    q = right.to(logits.dtype) * (1 - smoothing) + smoothing / len(logs)
    loss = -torch.einsum("vbt,vbt,bt->", q, logs, mask.to(q.dtype)) / mask.sum()
    return loss, ((logs.exp() - q) * mask / mask.sum()).movedim(0, -1)


# --- wrong ------------------------------------------------------------------------------------


def smoothed_probabilities(logits: Tensor, target: Tensor, mask: Tensor, smoothing: float) -> Pair:
    """The model's probabilities are smoothed instead of the targets."""
    p = even(logits.softmax(-1), smoothing).gather(-1, target[..., None])[..., 0]
    return -p[mask].log().mean(), smoothed_loss(logits, target, mask, smoothing)[1]


def single(logits: Tensor, target: Tensor, mask: Tensor, smoothing: float) -> Pair:
    """All in single precision."""
    loss, gradient = smoothed_loss(logits.float(), target, mask, smoothing)
    return loss.to(logits.dtype), gradient.to(logits.dtype)


def bits() -> Answer:
    """The loss with logarithms of base 2."""
    return answer_with(unit=1 / math.log(2))
