"""Answers to universal_transformer.encoder, right ones and such with bugs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Literal

import torch
from torch import Tensor

from attention_course.models.masks import masked_softmax
from attention_course.models.positions import sinusoids

Model = Mapping[str, Tensor]
Answer = Callable[[Model, Tensor, Tensor, float, int], Tensor]


def layer(model: Model, x: Tensor, mask: Tensor) -> Tensor:
    """One small layer: each word looks at the real words, then tanh; (B, S, d) → (B, S, d)."""
    weights = masked_softmax(x @ model["A"] @ x.mT, mask[:, None])  # (B, S, S)
    return torch.tanh(x @ model["W"].T + weights @ x @ model["V"].T)


def signal(h: Tensor, step: int) -> Tensor:
    """P^t of positions 0, 1, … and a step, (S, d)."""
    S, d = h.shape[1:]
    return sinusoids(torch.arange(S), d) + sinusoids(torch.tensor(step), d)


def encoder_with(
    *,
    signals: Literal[
        "each", "once", "once more", "positions", "steps", "first step's", "from zero"
    ] = "each",
    halted: Literal["stay", "change", "zeros", "take signals", "hidden"] = "stay",
    way_back: Literal["open", "closed", "of the sums"] = "open",
    summed: bool = True,
    asks: Literal["after", "before", "with signals"] = "after",
    at_limit: bool = True,
    remainder: bool = True,
    masked: bool = True,
    padding_runs: bool = True,
) -> Answer:
    """The encoder, by default without a bug.

    Args:
        signals: which are added before "each" step; "once", before the first alone;
            "once more", before each step and once before the first.
        halted: what becomes of the states of words that have halted; "hidden": they stay, but
            nobody looks at them.
        way_back: whether the halting unit gets a gradient; "of the sums": not through remainders.
        summed: whether the result is the weighted sum; else it is the last states.
        asks: of which state the probability is read.
        at_limit: whether a word gets what is left at the last step of all.
        remainder: whether the step with which a word halts has the remainder for its weight.
        masked: whether padding is left out.
        padding_runs: whether steps are made for padding as well.
    """

    def encoder(model: Model, h: Tensor, mask: Tensor, threshold: float, most: int) -> Tensor:
        d = h.shape[-1]
        if signals in ("once", "once more"):
            h = h + signal(h, 1)
        total = torch.zeros_like(h[..., 0])
        running = mask | padding_runs
        weights, states = [], []
        for t in range(1, most + 1):
            added = {
                "each": signal(h, t),
                "once": torch.zeros(()),
                "once more": signal(h, t),
                "positions": sinusoids(torch.arange(h.shape[1]), d),
                "steps": sinusoids(torch.tensor(t), d),
                "first step's": signal(h, 1),
                "from zero": signal(h, t - 1),
            }[signals]
            x = h + added
            seen = mask & running if halted == "hidden" else mask | (not masked)
            out = layer(model, x, seen)
            kept = {"change": out, "zeros": torch.zeros_like(h), "take signals": x}.get(halted, h)
            before, h = h, torch.where(running[..., None], out, kept)
            asked = {"after": h, "before": before, "with signals": x}[asks]
            with torch.no_grad() if way_back == "closed" else contextlib.nullcontext():
                p = torch.sigmoid(asked @ model["w"] + model["b"])
                last = running & (total + p > threshold)
                if at_limit and t == most:
                    last = running
                spent = total.detach() if way_back == "of the sums" else total
                rest = 1 - spent if remainder else p
                weight = torch.where(last, rest, torch.where(running, p, 0.0))
                total = total + weight
            weights.append(weight)
            states.append(h)
            running = running & ~last
        if not summed:
            return h
        return (torch.stack(weights)[..., None] * torch.stack(states)).sum(0)

    return encoder


encoder = encoder_with()
broken_encoder = encoder_with(signals="once", halted="change", way_back="closed")  # as it is given


# --- right, written otherwise -----------------------------------------------------------------


def all_probabilities_first(
    model: Model, h: Tensor, mask: Tensor, threshold: float, most: int
) -> Tensor:
    """N and R of all words at the end; the sums decide meanwhile who runs."""
    states, p = [], []
    running = torch.ones(h.shape[:2], dtype=torch.bool)
    for t in range(1, most + 1):
        h = h + running[..., None] * (layer(model, h + signal(h, t), mask) - h)
        states.append(h)
        p.append((h @ model["w"] + model["b"]).sigmoid())
        running = running & (torch.stack(p).sum(0) <= threshold)
    probabilities = torch.stack(p)
    sums = probabilities.cumsum(0)
    N = 1 + (sums[:-1] <= threshold).cumprod(0).sum(0)
    earlier = torch.arange(1, most + 1)[:, None, None] < N
    R = 1 - (probabilities * earlier).sum(0)
    final = torch.arange(1, most + 1)[:, None, None] == N
    weights = probabilities * earlier + R * final
    return torch.einsum("tbs,tbsd->bsd", weights, torch.stack(states))


def stopping_early(model: Model, h: Tensor, mask: Tensor, threshold: float, most: int) -> Tensor:
    """States written in place into copies; no step more when all have halted."""
    rest = torch.ones_like(h[..., 0])
    running, result = torch.ones_like(mask), torch.zeros_like(h)
    for t in range(1, most + 1):
        h = h.clone()
        h[running] = layer(model, h + signal(h, t), mask)[running]
        p = torch.sigmoid((h * model["w"]).sum(-1) + model["b"])
        goes_on = running & (1 - rest + p <= threshold) & (t < most)
        weight = torch.where(goes_on, p, rest) * running
        result = result + weight[..., None] * h
        rest, running = rest - weight, goes_on
        if not running.any():
            break
    return result


def double_precision(model: Model, h: Tensor, mask: Tensor, threshold: float, most: int) -> Tensor:
    """The right answer, in double precision."""
    return encoder(
        {name: m.double() for name, m in model.items()}, h.double(), mask, threshold, most
    )
