"""The window of local-p moving over the source as the target is written.

Luong, Pham and Manning (1508.04025), Section 3.2. The table of weights made here, in Python, is the
still picture; `attention_window.js` computes the same weights again for what a reader sets on the
sliders. So nothing has to ask a kernel, and the figure needs no ipywidgets: it works on a page that
was built long ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attention_course.widgets import parts


class AttentionWindow:
    """Local attention with predicted positions, whose D and σ a reader can move.

    Show it as the last line of a cell. For the chosen target word it draws what the softmax inside
    the window gives, the Gaussian around the predicted position, and their product, the weights.

    source: the S source words, in order.
    target: the T target words, in the order they were written.
    centres: (T,), the predicted positions p_t, real numbers from 0 to S; 0 is the middle of the
        first source word, S - 1 that of the last.
    scores: (T, S), score(h_t, h̄_s) before any softmax, for the source words only: no padding.
    D: how far the window reaches on either side of ⌊p_t⌋, a whole number from 1 (paper: 10).
    sigma: σ of the Gaussian, above 0. None: D/2, as in the paper.

    Tensors, arrays or nested lists.

    Raises ValueError when a sentence is empty or a plain string, when a shape is another one, or
    when a value is missing, infinite or out of range.
    """

    def __init__(
        self,
        source: Sequence[str],
        target: Sequence[str],
        centres: Any,
        scores: Any,
        D: int,
        sigma: float | None = None,
    ) -> None:
        self.source = parts.check_words(source, "source")
        self.target = parts.check_words(target, "target")
        words, positions = len(self.target), len(self.source)
        self.centres = _shaped(centres, "centres", (words,), "(target words,)")
        self.scores = _shaped(scores, "scores", (words, positions), "(target words, source words)")
        good = (self.centres >= 0) & (self.centres <= positions)
        parts.check_each(self.centres, "centres", good, f"from 0 to {positions}, the source words")
        self.D = _checked_D(D)
        self.sigma = _checked_sigma(sigma)

    def __repr__(self) -> str:
        return f"AttentionWindow({len(self.target)}×{len(self.source)}, {self._setting()})"

    def weights(
        self, D: int | None = None, sigma: float | None = None, renormalise: bool = False
    ) -> NDArray[np.float64]:
        """The weights (T, S) that the figure shows when it is set so.

        They are 0 outside [⌊p_t⌋ - D, ⌊p_t⌋ + D] and outside the sentence. Inside, the softmax of
        the scores times exp(-(s - p_t)² / 2σ²): Equation (10). A row sums to less than 1.

        D: None for the figure's own.
        sigma: None for the figure's own; where that is None too, D/2.
        renormalise: True for the later variant of the authors' program (`normLocalAttn`), whose
            rows sum to 1: the softmax, inside the window, of the scores times the Gaussian.

        Raises ValueError for D below 1, or sigma not above 0.
        """
        D = self.D if D is None else _checked_D(D)
        sigma = _checked_sigma(self.sigma if sigma is None else sigma) or D / 2
        s, p = np.arange(len(self.source)), self.centres[:, None]
        near = np.exp(-((s - p) ** 2) / (2 * sigma**2))  # (T, S)
        e = np.where(self._inside(D), self.scores * near if renormalise else self.scores, -np.inf)
        a = np.exp(e - e.max(1, keepdims=True))
        a /= a.sum(1, keepdims=True)
        return a if renormalise else a * near

    def _inside(self, D: int) -> NDArray[np.bool_]:
        """Which source words each window holds, (T, S)."""
        positions = len(self.source)
        # p_t = S would put the middle one past the end
        middle = np.minimum(np.floor(self.centres), positions - 1)
        return abs(np.arange(positions) - middle[:, None]) <= D

    def _setting(self) -> str:
        sigma = self.D / 2 if self.sigma is None else self.sigma
        return f"D = {self.D}, σ = {sigma:g}"

    def _repr_html_(self) -> str:
        cells = [
            "".join(
                parts.cell_html(float(weight), names=["o"] * (not seen))
                for weight, seen in zip(weights, inside, strict=True)
            )
            + f'<td class="aw-mass">{weights.sum():.2f}</td>'
            for weights, inside in zip(self.weights(), self._inside(self.D), strict=True)
        ]
        table = parts.table_html(
            [*self.source, "mass"], self.target, cells, "Attention weights of local-p"
        )
        given = {
            "D": self.D,
            "sigma": self.sigma,
            "centres": self.centres.tolist(),  # exact: rounding could move a window by a word
            "scores": self.scores.round(4).tolist(),
            "blank": parts.BLANK_BELOW,
            "flip": parts.FLIP_FROM,
        }
        note = (
            "Rows: target words, in the order they were written. Columns: source words; p counts "
            f"them from 0. Hatched: outside the window. Blank: below {parts.BLANK_BELOW}. "
            "Mass: the sum of the row."
        )
        body = parts.example_html(self._setting(), table)
        shared = ["table", "slider"]
        return parts.figure_html("attention-window", body, note, shared, parts.given_html(given))


def _shaped(values: Any, name: str, shape: tuple[int, ...], meaning: str) -> NDArray[np.float64]:
    array = parts.to_array(values, name, f"{shape} = {meaning}")
    if array.shape != shape:
        way_out = ""
        if array.shape == shape[::-1] != shape:
            way_out = "; they look transposed"
        elif array.ndim > len(shape) and array.shape[-len(shape) :] == shape:
            first = ", ".join(["0"] * (array.ndim - len(shape)))
            way_out = f"; choose one of the batch, for example {name}[{first}]"
        raise ValueError(f"{name} have shape {array.shape}, expected {shape} = {meaning}{way_out}")
    return array


def _checked_D(D: int) -> int:
    return parts.check_whole(D, "D", 1, "a whole number of words")


def _checked_sigma(sigma: float | None) -> float | None:
    if sigma is None:
        return None
    if not 0 < sigma < np.inf:
        raise ValueError(f"sigma is {sigma!r}, expected a number above 0, or None for D/2")
    return float(sigma)
