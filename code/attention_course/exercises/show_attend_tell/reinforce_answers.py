"""Answers to show_attend_tell.reinforce: right ones, and wrong ones in which a part is another."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Loss = Callable[[Tensor, Tensor, Tensor, Tensor, float, float], Tensor]


def reinforce_loss(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """The reference."""
    better = log_p.detach() - baseline
    return -(log_p + reward * better * log_of_looks(weights, places, mask)).mean()


def log_of_looks(weights: Tensor, places: Tensor, mask: Tensor) -> Tensor:
    """log p(s̃ | a) of each caption (B,)."""
    return (of_drawn(weights, places).log() * mask).sum(1)


def of_drawn(weights: Tensor, places: Tensor) -> Tensor:
    """α of the places that were drawn (B, T)."""
    return weights.gather(-1, places[..., None])[..., 0]


# --- right, written otherwise -----------------------------------------------------------------


def categorical(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """It makes the weights sum to one once more, which the scores do not feel."""
    log_alpha = torch.distributions.Categorical(probs=weights).log_prob(places)
    looks = torch.where(mask, log_alpha, torch.zeros_like(log_alpha)).sum(-1)
    with torch.no_grad():
        factor = reward * (log_p - baseline)
    return -log_p.mean() - (factor * looks).mean()


def caption_by_caption(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    total = torch.zeros(())
    for b in range(len(log_p)):
        looks = sum(weights[b, t, places[b, t]].log() for t in range(int(mask[b].sum())))
        total = total - log_p[b] - reward * (log_p[b].item() - baseline) * looks
    return total / len(log_p)


def value_kept(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """The value of −log p alone, of shape (1,), in double precision."""
    one_hot = torch.nn.functional.one_hot(places, weights.shape[-1])
    alpha = (weights.double() * one_hot).sum(-1).masked_fill(~mask, 1.0)
    term = reward * (log_p.detach() - baseline) * alpha.log().sum(1)
    return -(log_p + term - term.detach()).mean(0, keepdim=True)


# --- wrong ------------------------------------------------------------------------------------


def loss_with(
    *,
    words: Callable[[Tensor], Tensor] = lambda log_p: log_p,
    better: Callable[[Tensor, float], Tensor] = lambda log_p, b: log_p.detach() - b,
    looks: Callable[[Tensor, Tensor, Tensor], Tensor] = log_of_looks,
    factor: Callable[[float], float] = lambda reward: reward,
    reduce: Callable[[Tensor], Tensor] = Tensor.mean,
) -> Loss:
    """The right answer with another part.

    Args:
        words: of log_p the first term (B,).
        better: of log_p and b what the looks are weighed with (B,).
        looks: of weights, places and mask log p(s̃ | a) (B,).
        factor: of λ_r what stands before the second term.
        reduce: of both terms (B,) a number.
    """

    def answer(
        log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
    ) -> Tensor:
        second = factor(reward) * better(log_p, baseline) * looks(weights, places, mask)
        return -reduce(words(log_p) + second)

    return answer


def both_scaled(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """λ_r before both terms."""
    return reward * reinforce_loss(log_p, weights, places, mask, baseline, 1.0)


def lambda_on_reward(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """λ_r log p − b in the place of λ_r (log p − b)."""
    better = reward * log_p.detach() - baseline
    return -(log_p + better * log_of_looks(weights, places, mask)).mean()


def per_word(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """Divided by the words of the batch."""
    mean = reinforce_loss(log_p, weights, places, mask, baseline, reward)
    return mean * len(mask) / mask.sum()


def means_multiplied(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """The mean reward times the mean of log p(s̃ | a)."""
    better = (log_p.detach() - baseline).mean()
    return -log_p.mean() - reward * better * log_of_looks(weights, places, mask).mean()


def along_the_words(
    log_p: Tensor, weights: Tensor, places: Tensor, mask: Tensor, baseline: float, reward: float
) -> Tensor:
    """The reward (B,) along the words of (B, T)."""
    looks = (log_p.detach() - baseline) * (of_drawn(weights, places).log() * mask)  # (B, T)
    return -(log_p + reward * looks.sum(1)).mean()
