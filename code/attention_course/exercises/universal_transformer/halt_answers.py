"""Answers to universal_transformer.halt: right ones, and wrong ones in which a part is another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

Halts = Callable[[Tensor, Tensor, float], Tensor]  # of p, of the sums before, of the threshold


def above(p: Tensor, before: Tensor, threshold: float) -> Tensor:
    """Which words are done with this step, as the course has it."""
    return before + p > threshold


def weights_with(
    *,
    halts: Halts = above,
    together: Literal["no", "all", "any", "all of the batch", "any of the batch"] = "no",
    remainder: Literal[
        "yes", "no", "late", "up to the threshold", "after it", "nothing", "beside"
    ] = "yes",
    at_limit: Literal["as before", "remainder", "probability", "nothing"] = "as before",
    running_on: bool = False,
) -> Callable[[Tensor, float], Tensor]:
    """The weights, by default the right ones.

    Args:
        halts: which words halt.
        together: whether a sentence, or the batch, halts when "all" its words are done, or "any".
        remainder: what the last step's weight is: "no", its probability; "late", that, and the
            remainder goes to the step after; "up to the threshold"; "after it", what is left when
            the last probability is taken away too; "nothing"; "beside", remainder and probability.
        at_limit: the weight of the last step of all for a word that is not done then; "as before",
            what it would be for one that is.
        running_on: whether words that have halted go on with weights of their own.
    """

    def answer(p: Tensor, threshold: float) -> Tensor:
        total = torch.zeros_like(p[0])  # (B, S)
        running = torch.ones_like(total, dtype=torch.bool)
        owed = torch.zeros_like(total)  # of a remainder that comes late
        weights = []
        for n, p_n in enumerate(p, start=1):
            done = halts(p_n, total, threshold)
            if together != "no":
                of = (0, 1) if "batch" in together else (1,)
                done = (torch.all if "all" in together.split() else torch.any)(done, of, True)
            limit = n == len(p)
            last = running & (done | limit)
            rest = {
                "yes": 1 - total,
                "no": p_n,
                "late": p_n,
                "up to the threshold": threshold - total,
                "after it": 1 - total - p_n,
                "nothing": torch.zeros_like(p_n),
                "beside": 1 - total + p_n,
            }[remainder]
            if limit:
                undone = {
                    "as before": rest,
                    "remainder": 1 - total,
                    "probability": p_n,
                    "nothing": torch.zeros_like(p_n),
                }[at_limit]
                rest = torch.where(done, rest, undone)
            weight = torch.where(last, rest, p_n)
            if not running_on:
                weight = torch.where(running, weight, 0.0)
            weights.append(weight + owed)
            owed = torch.where(last, 1 - total - p_n, 0.0) if remainder == "late" else owed
            total = total + torch.where(running, p_n, 0.0)
            running = running & ~last
        return torch.stack(weights)

    return answer


halting_weights = weights_with()


# --- right, written otherwise -----------------------------------------------------------------


def cumulative(p: Tensor, threshold: float) -> Tensor:
    """Without a loop."""
    sums = p.cumsum(0)
    before = sums - p
    runs = before <= threshold  # p > 0, so that a sum above the threshold stays above it
    last = runs & (sums > threshold)
    last[-1] |= runs[-1]
    return torch.where(last, 1 - before, p) * runs


def word_by_word(p: Tensor, threshold: float) -> Tensor:
    """With a loop over words, in double precision."""
    weights = torch.zeros_like(p, dtype=torch.float64)
    for b in range(p.shape[1]):
        for i in range(p.shape[2]):
            total = 0.0
            for n, p_n in enumerate(p[:, b, i].tolist()):
                if total + p_n > threshold or n == len(p) - 1:
                    weights[n, b, i] = 1 - total
                    break
                weights[n, b, i] = p_n
                total += p_n
    return weights


def steps_last(p: Tensor, threshold: float) -> Tensor:
    """The steps in the last dimension meanwhile; the result is not contiguous."""
    turned = p.permute(1, 2, 0)
    sums = turned.cumsum(-1)
    N = 1 + (sums[..., :-1] <= threshold).sum(-1, keepdim=True)  # (B, S, 1)
    number = torch.arange(1, len(p) + 1)
    weights = turned * (number < N)
    weights = weights + (1 - weights.sum(-1, keepdim=True)) * (number == N)
    return weights.permute(2, 0, 1)


# --- wrong ------------------------------------------------------------------------------------


def all_rest_at_the_end(p: Tensor, threshold: float) -> Tensor:
    """The remainders of all words at the last step of all."""
    weights = p * (p.cumsum(0) <= threshold)
    weights[-1] = 1 - weights[:-1].sum(0)
    return weights


def second_remainder(p: Tensor, threshold: float) -> Tensor:
    """Every step above the threshold takes what is left of 1, as long as something is."""
    sums = p.cumsum(0)
    last = sums > threshold
    last[-1] = True
    return torch.where(last, (1 - (sums - p)).clamp(min=0), p)


def sticks(p: Tensor, threshold: float) -> Tensor:
    """The chance to halt with this step, p_n Π (1 − p): what is left at the last."""
    left = torch.cat([torch.ones_like(p[:1]), (1 - p[:-1]).cumprod(0)])
    return torch.cat([(p * left)[:-1], left[-1:]])


def blended(p: Tensor, threshold: float) -> Tensor:
    """What blending new and old with the right weights comes to."""
    w = halting_weights(p, threshold)
    later = torch.cat([(1 - w).flip(0).cumprod(0).flip(0)[1:], torch.ones_like(w[:1])])
    return w * later


def without_a_limit(p: Tensor, threshold: float) -> Tensor:
    """N by argmax, which is the first step where no sum is above the threshold."""
    number = torch.arange(1, len(p) + 1)[:, None, None]
    N = 1 + (p.cumsum(0) > threshold).int().argmax(0)
    weights = p * (number < N)
    return weights + (1 - weights.sum(0)) * (number == N)


def up_to_one(p: Tensor, threshold: float) -> Tensor:
    """How much each step adds to a sum that ends at 1."""
    sums = p.cumsum(0).clamp(max=1.0)
    return torch.cat([sums[:1], sums.diff(dim=0)])


def normalised(p: Tensor, threshold: float) -> Tensor:
    """The probabilities up to the last step, divided by their sum."""
    kept = p * (halting_weights(p, threshold) > 0)
    return kept / kept.sum(0)


def all_on_last(p: Tensor, threshold: float) -> Tensor:
    """The last state alone."""
    runs = halting_weights(p, threshold) > 0
    N = runs.sum(0)
    return (torch.arange(1, len(p) + 1)[:, None, None] == N).to(p.dtype)
