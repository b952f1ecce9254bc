"""The attention map: which source words each target word looked at.

A table made here, in Python, is the picture and the data at once; `attention_map.js` only adds
what answers to the reader. So the map is whole on a page without a script and on paper, and it
needs neither a kernel nor a network.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attention_course.widgets import parts


class AttentionExample:
    """One sentence pair and the weights between its words.

    source: the S source words, in order.
    target: the T target words, in the order they were written.
    weights: (T, S), `weights[t][s]` is how much target word t looked at source word s. A tensor,
        an array or nested lists; finite and not negative. Rows need not sum to 1 (a column may be
        cut off, a map may hold something other than a softmax); where a weight exceeds 1, the
        shades are relative to the largest weight.
    gold: pairs `(t, s)`, 0-based, of words that translate each other; None for none known.
    title: what the example is called where a reader chooses among several.

    Raises ValueError when a sentence is empty or a plain string, when the weights have another
    shape or hold a negative, infinite or missing value, or when a gold pair lies outside.
    """

    def __init__(
        self,
        source: Sequence[str],
        target: Sequence[str],
        weights: Any,
        gold: Collection[tuple[int, int]] | None = None,
        title: str = "",
    ) -> None:
        self.source = parts.check_words(source, "source")
        self.target = parts.check_words(target, "target")
        self.weights = _weights(weights, len(self.target), len(self.source))
        self.gold = parts.check_gold(gold, len(self.target), len(self.source))
        self.title = title

    def __repr__(self) -> str:
        return f"AttentionExample({len(self.target)}×{len(self.source)})"


class AttentionMap:
    """Attention weights that a reader can question, word by word.

    Show it as the last line of a cell. Hovering, tapping or focusing a target word shades the
    source words by weight and reads the largest weights out; a source word shows which target
    words looked at it. The gold alignment, where there is one, is outlined.

    examples: one AttentionExample or more, among which a reader can choose.

    Raises ValueError without examples, TypeError for anything but examples.
    """

    def __init__(self, examples: AttentionExample | Iterable[AttentionExample]) -> None:
        way_out = "; for one pair of sentences use AttentionMap.single(source, target, weights)"
        self.examples = parts.check_examples(examples, AttentionExample, way_out)

    @classmethod
    def single(
        cls,
        source: Sequence[str],
        target: Sequence[str],
        weights: Any,
        gold: Collection[tuple[int, int]] | None = None,
    ) -> AttentionMap:
        """The map of one sentence pair; arguments as for AttentionExample."""
        return cls(AttentionExample(source, target, weights, gold))

    def __repr__(self) -> str:
        sizes = [f"{len(e.target)}×{len(e.source)}" for e in self.examples]
        return parts.plain_form("AttentionMap", sizes)

    def _repr_html_(self) -> str:
        titles = parts.titles_of(
            [example.title for example in self.examples],
            [example.source for example in self.examples],
        )
        body = "\n".join(map(_example_html, self.examples, titles))
        gold = any(example.gold for example in self.examples)
        outlined = " Outlined: the gold alignment." if gold else ""
        note = (
            "Rows: target words, in the order they were written. "
            "Columns: source words. The stronger the shade, the larger the weight; "
            f"blank: below {parts.BLANK_BELOW}.{outlined}"
        )
        return parts.figure_html("attention-map", body, note, ["table"])


def _weights(weights: Any, targets: int, sources: int) -> NDArray[np.float64]:
    expected = f"({targets}, {sources}) = (target words, source words)"
    array = parts.to_array(weights, "weights", expected)
    if array.shape != (targets, sources):
        way_out = ""
        if array.ndim > 2 and array.shape[-2:] == (targets, sources):
            first = ", ".join(["0"] * (array.ndim - 2))
            way_out = f"; choose one layer and one head, for example weights[{first}]"
        elif array.shape == (sources, targets):
            way_out = "; they look transposed"
        raise ValueError(f"weights have shape {array.shape}, expected {expected}{way_out}")
    parts.check_each(array, "weights", array >= 0, "at least 0")
    return array


def _example_html(example: AttentionExample, title: str) -> str:
    largest = max(1.0, float(example.weights.max()))
    cells = parts.rows_html(example.weights, example.gold, largest)
    table = parts.table_html(
        example.source, example.target, cells, f"Attention weights {title}".rstrip()
    )
    scale = f"--top:{parts.exact(largest)}" if largest > 1 else ""
    return parts.example_html(title, table, scale)
