"""How many steps each word is thought about: adaptive computation time.

After every step a small unit says how probable it is that this word is done. When these
probabilities have reached the threshold, the word halts; what is left of 1 is the weight of its
last state, and its result is the weighted sum of its states.

Sources: 1603.08983 (Graves), Sections 2 and 2.1; 1807.03819, Section 2.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from attention_course.models.masks import (
    check_choice,
    check_number,
    check_sizes,
    check_tensor,
    check_vectors,
)

Halting = Literal["text", "blend", "released"]

Step = Callable[[Tensor, int, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True, eq=False)
class Ponder:
    """How long each word was thought about.

    Attributes:
        steps: N(t) (B, T), how many steps were made for each word.
        remainder: R(t) (B, T), the weight of the state that it halted with, and 0 for a word that
            never did; what is learnt from, since N(t) has no gradient.
        weights: p_n (B, T, steps), of the state after each step.
    """

    steps: Tensor
    remainder: Tensor
    weights: Tensor

    def cost(self, mask: Tensor) -> Tensor:
        """The mean of N(t) + R(t) over the words where mask (B, T) is True: a scalar.

        Raises:
            ValueError: the mask is not bool, of another shape, or True for no word.
        """
        check_tensor("mask", mask)
        shape = tuple(self.steps.shape)
        if mask.dtype != torch.bool or tuple(mask.shape) != shape:
            raise ValueError(
                f"mask is {mask.dtype} of shape {tuple(mask.shape)}, expected torch.bool of {shape}"
            )
        if not mask.any():
            raise ValueError("mask is True for no word, expected one at least to take the mean of")
        return (self.steps + self.remainder)[mask].mean()


class FixedSteps(nn.Module):
    """Makes the same number of steps for every word: the result is the last state.

    Args:
        steps: how many.
    """

    def __init__(self, steps: int) -> None:
        super().__init__()
        check_sizes(steps=steps)
        self.max_steps = steps

    def forward(
        self, state: Tensor, step: Step, *, all_steps: bool = True
    ) -> tuple[Tensor, Ponder]:
        """Makes the steps, arguments and results as for `AdaptiveSteps`; all are always made."""
        running = torch.ones_like(state[..., 0], dtype=torch.bool)
        for n in range(1, self.max_steps + 1):
            _, state = step(state, n, running)
        weights = state.new_zeros(*running.shape, self.max_steps)
        weights[..., -1] = 1  # all on the last state
        steps = torch.full_like(weights[..., 0], self.max_steps)
        return state, Ponder(steps, weights[..., -1], weights)


class AdaptiveSteps(nn.Module):
    """Makes steps until every word has halted, or max_steps were made.

    Args:
        d: the size of a state.
        max_steps: the most steps.
        halting: "text" (default): Graves' weighted sum Σ p_n s_n. The probability is read from the
            state after the step, a word that has halted keeps its state, and at max_steps the last
            state gets what is left, so that the weights of a word always sum to 1.
            "blend": what the authors' program seems to mean. The probability is read from what goes
            into the step; results are blended, p · new + (1 − p) · old, from zero on; the states of
            halted words go on changing; at max_steps nothing is given of what is left.
            "released": what that program computes, in which a bracket is missing:
            p · new + old − p.
        threshold: 1 − ε, at which a word halts.
        bias: of the halting unit at the beginning (the authors' program: 1).

    Raises:
        ValueError: a size below 1, a threshold not in (0, 1], a bias that is no number, an unknown
            choice.
    """

    def __init__(
        self,
        d: int,
        max_steps: int,
        halting: Halting = "text",
        *,
        threshold: float = 0.99,
        bias: float = 1.0,
    ) -> None:
        super().__init__()
        check_sizes(d=d, max_steps=max_steps)
        check_choice("halting", halting, ("text", "blend", "released"))
        check_number("threshold", threshold)
        check_number("bias", bias)
        if not 0 < threshold <= 1:
            raise ValueError(f"threshold is {threshold!r}, expected above 0, at most 1")
        self.max_steps, self.halting, self.threshold = max_steps, halting, threshold
        self.halt = nn.Linear(d, 1)
        nn.init.constant_(self.halt.bias, bias)

    def forward(self, state: Tensor, step: Step, *, all_steps: bool) -> tuple[Tensor, Ponder]:
        """Makes the steps.

        Args:
            state: (B, T, d).
            step: takes the state (B, T, d), the number of the step, from 1, and which words run
                (B, T) bool; gives what went into the step and what came out of it, both (B, T, d).
            all_steps: whether to make max_steps also where every word has halted before.

        Returns:
            The result (B, T, d) and how it came about.

        Raises:
            ValueError: the state has a wrong shape or dtype.
        """
        check_vectors("state", state, "(B, T, d)", self.halt.in_features, self.halt.weight)
        text = self.halting == "text"
        total = torch.zeros_like(state[..., 0])  # of the weights so far (B, T)
        steps, remainder = torch.zeros_like(total), torch.zeros_like(total)
        running = torch.ones_like(total, dtype=torch.bool)
        result, weights = torch.zeros_like(state), []
        for n in range(1, self.max_steps + 1):
            into, out = step(state, n, running)
            # Others halt earlier: what a word that runs on may look at in them must not change.
            state = torch.where(running[..., None], out, state) if text else out
            p = self.halt(state if text else into).squeeze(-1).sigmoid()  # (B, T)
            last = running & (total + p > self.threshold)
            if text and n == self.max_steps:
                last = running
            weight = torch.where(last, 1 - total, torch.where(running, p, 0.0))
            steps = steps + running
            remainder = torch.where(last, weight, remainder)
            total = total + weight
            result = self._joined(result, state, weight[..., None])
            weights.append(weight)
            running = running & ~last
            if not (all_steps or running.any()):
                break
        return result, Ponder(steps, remainder, torch.stack(weights, dim=-1))

    def _joined(self, result: Tensor, state: Tensor, weight: Tensor) -> Tensor:
        """The result with a further state (B, T, d) of a weight (B, T, 1)."""
        if self.halting == "text":
            return result + weight * state
        if self.halting == "blend":
            return weight * state + (1 - weight) * result
        return weight * state + result - weight
