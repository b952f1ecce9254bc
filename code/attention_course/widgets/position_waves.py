"""Sinusoids as positions: what their size and their base do to them, and what distance looks like.

Vaswani and others (1706.03762), Section 3.5. The picture made here, in Python, is the still one;
`position_waves.js` computes the same vectors again for what a reader sets on the sliders.
"""

from __future__ import annotations

from numbers import Real

import numpy as np
from numpy.typing import NDArray

from attention_course.widgets import parts
from attention_course.widgets.png import png_address

# Seen on both grounds, and told apart by the colour-blind.
BLUE, ORANGE = (40, 110, 200), (200, 95, 0)
BASES = (10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)
MOST_D = 128

_COLOURS = ";".join(
    f"--{sign}:rgb({' '.join(map(str, colour))})"
    for sign, colour in (("plus", BLUE), ("minus", ORANGE))
)


class PositionWaves:
    """The vectors of sinusoidal positions, whose size d and base a reader can move.

    Show it as the last line of a cell. It draws all vectors, a row for each position; the numbers
    of a chosen one; and its dot products with all of them. Position and number are chosen with
    sliders, or by pointing.

    d: the size of a vector, even (paper: 512).
    base: of the wavelengths' geometric progression, above 1 (paper: 10000).
    positions: how many, 2 or more.

    Raises ValueError when d is odd, base not above 1, or a number not whole or too small.
    """

    def __init__(self, d: int = 64, base: float = 10_000, positions: int = 60) -> None:
        self.d, self.base = _checked(d, base)
        self.positions = parts.check_whole(positions, "positions", 2)

    def __repr__(self) -> str:
        return f"PositionWaves({self.positions}×{self.d}, base = {self.base:.15g})"

    def vectors(self, d: int | None = None, base: float | None = None) -> NDArray[np.float64]:
        """The vectors (positions, d) that the figure shows when it is set so.

        Sine and cosine in turn, of pos / base^(2i/d): those of `models.positions.sinusoids`.

        d, base: None for the figure's own.

        Raises ValueError as the figure does.
        """
        d, base = _checked(self.d if d is None else d, self.base if base is None else base)
        wavelengths = base ** (np.arange(0, d, 2) / d)  # (d/2,), over 2π
        angles = np.arange(self.positions)[:, None] / wavelengths  # (positions, d/2)
        return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(-1, d)

    def _repr_html_(self) -> str:
        at, top, last = self.positions // 2, self.d // 2, self.positions - 1
        vectors = self.vectors()
        low = min(0.0, float((vectors @ vectors[0]).min()))  # a distance decides, wherever it is
        values = _chart_html("pw-values", f"0 -1 {self.d} 2", "matrix(1 0 0 -1 0 0)", vectors[at])
        view = f"{low:.3f} 0 {top - low:.3f} {self.positions}"
        products = _chart_html("pw-products", view, "matrix(0 1 1 0 0 0)", vectors @ vectors[at])
        said = (
            f"The vectors of {self.positions} positions, {self.d} numbers each; the numbers of "
            f"position {at}; and its dot product with every position."
        )
        inside = (
            f'<div class="pw-chart" role="img" style="{_COLOURS}" aria-label="{said}">\n'
            f"{_label_html('pw-head', 'All vectors, a row for each position')}\n"
            f"{_label_html('pw-head', f'Dot product with position {at}')}\n"
            f"{_axis_html('pw-down', 0, last)}\n"
            f'<div class="pw-map" style="--map:url({_picture(vectors)})"></div>\n{products}\n'
            f"{_axis_html('pw-along', 0, self.d - 1)}\n"
            f"{_axis_html('pw-along', _signed(low), top)}\n"
            f"{_axis_html('pw-down', 1, 0, _signed(-1))}\n{values}\n"
            f"{_label_html('pw-foot', f'The numbers of position {at}')}\n</div>"
        )
        given = {
            "d": self.d,
            "base": self.base,
            "positions": self.positions,
            "bases": sorted({*BASES, self.base}),
            "most": max(MOST_D, self.d),
            "colours": [BLUE, ORANGE],
        }
        note = (
            "Blue: above 0; orange: below; the stronger, the further from it. Sine and cosine "
            "stand side by side. A dot product is largest with the position itself: d/2."
        )
        body = parts.example_html(f"d = {self.d}, base = {self.base:.15g}", inside)
        return parts.figure_html("position-waves", body, note, ["slider"], parts.given_html(given))


def _checked(d: int, base: float) -> tuple[int, float]:
    d = parts.check_whole(d, "d", 2, "an even whole number")
    if d % 2:
        raise ValueError(f"d is {d}, expected an even number: sines and cosines come in pairs")
    if not (isinstance(base, Real) and 1 < base < np.inf):
        raise ValueError(f"base is {base!r}, expected a number above 1")
    return d, float(base)


def _picture(vectors: NDArray[np.float64]) -> str:
    """A pixel for each number: its sign as the colour, its size as the opacity."""
    colours = np.where(vectors[..., None] > 0, BLUE, ORANGE)
    opacity = (255 * abs(vectors[..., None])).round()
    return png_address(np.concatenate([colours, opacity], axis=-1).astype(np.uint8))


def _chart_html(kind: str, view: str, matrix: str, values: NDArray[np.float64]) -> str:
    """Bars in a plane where one is one wide; `matrix` turns the plane as the chart lies."""
    plus, minus = (
        "".join(f"M{i} 0V{value:.3g}h.8V0z" for i, value in enumerate(values) if up == (value > 0))
        for up in (True, False)
    )
    return (
        f'<svg class="{kind}" viewBox="{view}" preserveAspectRatio="none"><g transform="{matrix}">'
        f'<path class="pw-plus" d="{plus}"/><path class="pw-minus" d="{minus}"/></g></svg>'
    )


def _label_html(kind: str, text: str) -> str:
    return f'<p class="am-label {kind}">{text}</p>'


def _axis_html(kind: str, *texts: object) -> str:
    return f'<div class="pw-axis {kind}">{"".join(f"<span>{text}</span>" for text in texts)}</div>'


def _signed(value: float) -> str:
    return f"{round(value, 1) + 0:g}".replace("-", "−")
