"""Adaptive computation time number by number, in numpy: nothing is shared with the package."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Step = Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]
Thought = tuple[np.ndarray, list[int], list[float]]  # result (T, d), steps (T), remainders (T)


class ByHand:
    """One sentence (T, d), thought about.

    Args:
        w, b: of the halting unit, σ(w · s + b).
        threshold, most: at which sum a word halts, and after how many steps at the latest.
        step: takes the states (T, d) and the number of the step, from 1; gives what went into the
            step and what came out of it.
    """

    def __init__(self, w: np.ndarray, b: float, threshold: float, most: int, step: Step) -> None:
        self.w, self.b, self.threshold, self.most, self.step = w, b, threshold, most, step

    def probability(self, state: np.ndarray) -> float:
        return float(1 / (1 + np.exp(-(self.w @ state + self.b))))

    def text(self, state: np.ndarray) -> Thought:
        """Graves: the result is Σ p_n s_n, where the last p_n is what is left of 1."""
        words = range(len(state))
        result, total = np.zeros_like(state), [0.0 for _ in words]
        steps, remainders = [0 for _ in words], [0.0 for _ in words]
        halted: set[int] = set()
        for n in range(1, self.most + 1):
            _, out = self.step(state, n)
            state = state.copy()
            for t in words:
                if t in halted:
                    continue  # its state is carried on
                state[t] = out[t]
                steps[t] += 1
                p = self.probability(state[t])
                if total[t] + p > self.threshold or n == self.most:
                    p = remainders[t] = 1 - total[t]
                    halted.add(t)
                total[t] += p
                result[t] += p * state[t]
        return result, steps, remainders

    def program(self, state: np.ndarray, bracket: bool) -> Thought:
        """The loop of universal_transformer_act_basic in tensor2tensor, with its own names.

        bracket: whether to set the bracket that is missing there.
        """
        words = range(len(state))
        halting_probability = [0.0 for _ in words]
        remainders = [0.0 for _ in words]
        n_updates = [0 for _ in words]
        previous_state = np.zeros_like(state)
        step = 0
        while any(
            halting_probability[t] < self.threshold and n_updates[t] < self.most for t in words
        ):
            state, transformed_state = self.step(state, step + 1)
            new_state = np.empty_like(state)
            for t in words:
                p = self.probability(state[t])
                still_running = float(halting_probability[t] < 1.0)
                reached = halting_probability[t] + p * still_running > self.threshold
                new_halted = float(reached) * still_running
                still_running = float(not reached) * still_running
                halting_probability[t] += p * still_running
                remainders[t] += new_halted * (1 - halting_probability[t])
                halting_probability[t] += new_halted * remainders[t]
                n_updates[t] += int(still_running + new_halted)
                update_weights = p * still_running + new_halted * remainders[t]
                if bracket:
                    kept = previous_state[t] * (1 - update_weights)
                else:
                    kept = previous_state[t] * 1 - update_weights
                new_state[t] = transformed_state[t] * update_weights + kept
            state, previous_state = transformed_state, new_state
            step += 1
        return previous_state, n_updates, remainders
