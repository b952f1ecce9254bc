"""How a measurement and its bound are printed."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 76  # of what is measured


@dataclass(frozen=True)
class Line:
    """One measurement.

    Attributes:
        what: is measured; of a ratio "this : that".
        value: that was found.
        unit: of value and bound; "" for a ratio.
        most: the greatest value allowed, if there is such a bound.
        least: the smallest value allowed, if there is such a bound.
    """

    what: str
    value: float
    unit: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the value is within its bounds."""
        above = self.least is None or self.value >= self.least
        return above and (self.most is None or self.value <= self.most)

    def __str__(self) -> str:
        text = f"  {self.what:{WIDTH}}{self.value:9.{2 if self.value < 10 else 0}f} {self.unit:4}"
        for word, bound in (("at most", self.most), ("at least", self.least)):
            if bound is not None:
                text += f" {word} {bound:g}: {'holds' if self.holds else 'DOES NOT HOLD'}"
        return text.rstrip()


def show(line: Line) -> None:
    """Prints a line at once: the next one may take minutes."""
    print(line, flush=True)
