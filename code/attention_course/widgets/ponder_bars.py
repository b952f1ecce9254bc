"""Ponder time by word: how many steps each word got, and how its halting probabilities added up.

The tables made here, in Python, are the still picture and the data at once; `ponder_bars.js` draws
bars over the words of the sentences from them, and shows the chosen word step by step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attention_course.widgets import parts

LABELS = {"source": "Source words", "target": "Target words, one at a time"}


class PonderExample:
    """How long the words of a sentence were thought about, and those of its translation.

    source: the words that were read, end mark included, or None to leave that side out.
    target: the words that were written, end mark included, or None.
    pondered: what `UniversalTransformer.pondered` returns beside the logits: `encoder` for the
        source and `decoder` for the target, each with `steps` (B, S), how many steps were made for
        each word; `remainder` (B, S), the weight of the state that it halted with, 0 where it never
        did; `weights` (B, S, n), of its state after each step. Words from `len(source)` on, or
        `len(target)`, are padding.
    row: which sentence of the batch, from 0.
    title: what the example is called where a reader chooses among several.

    Raises TypeError when `pondered` has no such parts; ValueError when both sides are None, when a
    side is empty or a plain string, when a shape is another one, when `row` lies outside the batch,
    or when a value is missing or out of range.
    """

    def __init__(
        self,
        source: Sequence[str] | None,
        target: Sequence[str] | None,
        pondered: Any,
        row: int = 0,
        title: str = "",
    ) -> None:
        if source is None and target is None:
            raise ValueError("source and target are None, expected the words of one side at least")
        given = (("source", source, "encoder"), ("target", target, "decoder"))
        self.sides = {
            side: _side(parts.check_words(words, side), pondered, coder, row)
            for side, words, coder in given
            if words is not None
        }
        self.title = title

    def __repr__(self) -> str:
        return f"PonderExample({self._size()})"

    def _size(self) -> str:
        """Words of each side × the most steps that one of them got."""
        return "+".join(str(len(side.words)) for side in self.sides.values()) + f"×{self._most()}"

    def _most(self) -> int:
        return max(int(side.steps.max()) for side in self.sides.values())


class PonderBars:
    """The steps that each word got, as bars over the words, and how they came about.

    Show it as the last line of a cell. Hovering, tapping or focusing a word shows how its halting
    probability added up, step by step, and what remained when it halted. Arrow keys go from word
    to word.

    examples: one PonderExample or more, among which a reader can choose.

    Raises ValueError without examples, TypeError for anything but examples.
    """

    def __init__(self, examples: PonderExample | Iterable[PonderExample]) -> None:
        way_out = "; for one sentence use PonderExample(source, target, pondered)"
        self.examples = parts.check_examples(examples, PonderExample, way_out)

    def __repr__(self) -> str:
        return parts.plain_form("PonderBars", [example._size() for example in self.examples])

    def _repr_html_(self) -> str:
        titles = parts.titles_of(
            [example.title for example in self.examples],
            [next(iter(example.sides.values())).words for example in self.examples],
        )
        body = "\n".join(map(_example_html, self.examples, titles))
        note = (
            "Rows: words. Columns: the weight of a word’s state after each step in its result; "
            "blank: "
            f"below {parts.BLANK_BELOW}. It is the halting probability, but after the last step "
            "the remainder, all that is left of 1. –: halted before."
        )
        return parts.figure_html("ponder-bars", body, note, ["table"])


@dataclass(frozen=True, eq=False)
class _Side:
    """The words of a sentence, their steps (T,), remainders (T,) and weights (T, n)."""

    words: tuple[str, ...]
    steps: NDArray[np.int64]
    remainder: NDArray[np.float64]
    weights: NDArray[np.float64]


def _side(words: tuple[str, ...], pondered: Any, coder: str, row: int) -> _Side:
    def part(name: str, expected: str) -> NDArray[np.float64]:
        try:
            values = getattr(getattr(pondered, coder), name)
        except AttributeError:
            raise TypeError(
                f"pondered is a {type(pondered).__name__} without {coder}.{name}, expected what "
                "UniversalTransformer.pondered returns beside the logits"
            ) from None
        return _of_row(values, f"pondered.{coder}.{name}", expected, row, len(words))

    steps, remainder = part("steps", "(batch, words)"), part("remainder", "(batch, words)")
    weights = part("weights", "(batch, words, steps)")
    where, most = f"pondered.{coder}.{{}}[{row}]", weights.shape[1]
    whole = (steps >= 1) & (steps <= most) & (steps % 1 == 0)
    parts.check_each(steps, where.format("steps"), whole, f"a whole number from 1 to {most}")
    parts.check_each(remainder, where.format("remainder"), remainder >= 0, "at least 0")
    parts.check_each(weights, where.format("weights"), weights >= 0, "at least 0")
    return _Side(words, steps.astype(np.int64), remainder, weights)


def _of_row(values: Any, name: str, expected: str, row: int, words: int) -> NDArray[np.float64]:
    """What belongs to the words of one sentence of a batch, without the padding."""
    array = parts.to_array(values, name, expected)
    if array.ndim != len(expected.split(",")) or array.shape[1] < words:
        raise ValueError(
            f"{name} have shape {array.shape}, expected {expected}, {words} words or more"
        )
    if row not in range(len(array)):
        raise ValueError(
            f"row is {row!r}, expected a sentence of the batch, 0 to {len(array) - 1}: "
            f"{name} have shape {array.shape}"
        )
    return array[row, :words]


def _example_html(example: PonderExample, title: str) -> str:
    most = example._most()
    columns = [*(f"step {n}" for n in range(1, most + 1)), "steps", "remainder"]
    tables = "\n".join(
        f'<div><p class="am-label">{LABELS[name]}</p>\n'
        + parts.table_html(
            columns,
            side.words,
            [_cells_html(side, t, most) for t in range(len(side.words))],
            f"Steps for each {name} word {title}".rstrip(),
        )
        + "</div>"
        for name, side in example.sides.items()
    )
    return parts.example_html(title, f'<div class="pb-tables">\n{tables}\n</div>')


def _cells_html(side: _Side, t: int, most: int) -> str:
    steps, remainder = int(side.steps[t]), float(side.remainder[t])
    made = "".join(parts.cell_html(float(weight)) for weight in side.weights[t, :steps])
    halted = "<td>–</td>" * (most - steps)
    last = f"{remainder:.2f}" if remainder else "none"
    return f"{made}{halted}<td>{steps}</td><td>{last}</td>"
