"""The attention map: which source words each target word looked at.

A table made here, in Python, is the picture and the data at once; `attention_map.js` only adds
what answers to the reader. So the map is whole on a page without a script and on paper, and it
needs neither a kernel nor a network.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Smaller weights are left blank: a page of zeros hides what there is to see.
BLANK_BELOW = 0.01
# From this shade on, light text reads better than dark on the light theme, and the other way
# round on the dark one. Both text colours keep a contrast of 4.5 here (see attention_map.css).
FLIP_FROM = 0.695


class AttentionExample:
    """One sentence pair and the weights between its words.

    source: the S source words, in order.
    target: the T target words, in the order they were written.
    weights: (T, S), `weights[t][s]` is how much target word t looked at source word s. A tensor,
        an array or nested lists; finite and not negative. Rows need not sum to 1 (a column may be
        cut off, a map may hold something other than a softmax); where a weight exceeds 1, the
        shades are relative to the largest weight.
    gold: pairs `(t, s)`, 0-based, of words that translate each other, or None.
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
        self.source = _words(source, "source")
        self.target = _words(target, "target")
        self.weights = _weights(weights, len(self.target), len(self.source))
        self.gold = _gold(gold, len(self.target), len(self.source))
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
        if isinstance(examples, AttentionExample):
            examples = (examples,)
        self.examples = tuple(examples)
        if not self.examples:
            raise ValueError("an attention map needs at least one AttentionExample, got none")
        for example in self.examples:
            if not isinstance(example, AttentionExample):
                raise TypeError(
                    f"an attention map is made of AttentionExample, got {type(example).__name__}; "
                    "for one pair of sentences use AttentionMap.single(source, target, weights)"
                )

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
        sizes = ", ".join(f"{len(e.target)}×{len(e.source)}" for e in self.examples)
        count = len(self.examples)
        return f"AttentionMap({count} example{'s' if count > 1 else ''}: {sizes})"

    def _titles(self) -> list[str]:
        """What a reader chooses by; a lone example without a title needs none."""
        if len(self.examples) == 1:
            return [self.examples[0].title]
        return [
            example.title or f"Example {number}: {' '.join(example.source)}"
            for number, example in enumerate(self.examples, 1)
        ]

    def _repr_html_(self) -> str:
        body = "\n".join(
            _example_html(example, title)
            for example, title in zip(self.examples, self._titles(), strict=True)
        )
        name = "attention-" + hashlib.sha256(body.encode()).hexdigest()[:10]
        gold = any(example.gold for example in self.examples)
        outlined = " Outlined: the gold alignment." if gold else ""
        # The class names keep MathJax, and translate="no" a browser's translator, off the words.
        return (
            f'<div class="attention-map tex2jax_ignore mathjax_ignore" id="{name}"'
            f' translate="no">\n<style>{_asset("attention_map.css")}</style>\n{body}\n'
            '<p class="am-note">Rows: target words, in the order they were written. '
            "Columns: source words. The stronger the shade, the larger the weight; "
            f"blank: below {BLANK_BELOW}.{outlined}</p>\n"
            f"<script>{_asset('attention_map.js')}</script>\n</div>"
        )


def _words(words: Sequence[str], name: str) -> tuple[str, ...]:
    if isinstance(words, str):
        raise ValueError(
            f"{name} is the single string {words!r}, expected a sequence of words; "
            f"split it first: {name}.split()"
        )
    words = tuple(words)
    if not words:
        raise ValueError(f"{name} is empty, expected at least one word")
    for word in words:
        if not isinstance(word, str):
            raise ValueError(
                f"{name} holds {word!r} of type {type(word).__name__}, expected words; "
                "turn ids into words with Vocabulary.decode"
            )
    return words


def _weights(weights: Any, targets: int, sources: int) -> NDArray[np.float64]:
    if hasattr(weights, "detach"):  # a torch tensor, known by its method: torch is not needed here
        weights = weights.detach().cpu().double().numpy()
    try:
        array = np.array(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"weights are not a table of numbers ({error}); expected shape "
            f"({targets}, {sources}) = (target words, source words)"
        ) from None
    if array.shape != (targets, sources):
        way_out = ""
        if array.ndim > 2 and array.shape[-2:] == (targets, sources):
            first = ", ".join(["0"] * (array.ndim - 2))
            way_out = f"; choose one layer and one head, for example weights[{first}]"
        elif array.shape == (sources, targets):
            way_out = "; they look transposed"
        raise ValueError(
            f"weights have shape {array.shape}, expected ({targets}, {sources}) = "
            f"(target words, source words){way_out}"
        )
    for bad, what in ((~np.isfinite(array), "finite"), (array < 0, "at least 0")):
        if bad.any():
            t, s = np.argwhere(bad)[0]
            raise ValueError(
                f"weights[{t}, {s}] is {array[t, s]}, expected every weight to be {what}"
            )
    array.setflags(write=False)
    return array


def _gold(
    gold: Collection[tuple[int, int]] | None, targets: int, sources: int
) -> frozenset[tuple[int, int]] | None:
    if gold is None:
        return None
    for pair in gold:
        try:
            t, s = map(index, pair)
        except (TypeError, ValueError):
            raise ValueError(
                f"gold holds {pair!r}, expected pairs (target index, source index)"
            ) from None
        if not (0 <= t < targets and 0 <= s < sources):
            raise ValueError(
                f"gold pair {(t, s)} lies outside; expected (target index, source index) with "
                f"0 <= target index < {targets} and 0 <= source index < {sources}"
            )
    return frozenset((index(t), index(s)) for t, s in gold)


@cache
def _asset(name: str) -> str:
    """A file beside this one, without the comments and the indentation a reader's page can spare.

    Comments stand on lines of their own in these files, so that they can be told from content.
    """
    text = (files(__package__) / name).read_text(encoding="utf-8")
    text = re.sub(r"^\s*(//.*|/\*.*?\*/)\s*$", "", text, flags=re.MULTILINE)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _exact(value: float) -> str:
    """Three decimals, without zeros at either end: a map holds many numbers."""
    text = f"{value:.3f}".strip("0").rstrip(".")
    return text or "0"


def _shown(value: float) -> str:
    """Two decimals, as wide as every other number of the table."""
    return f"{value:.2f}".removeprefix("0") if value >= BLANK_BELOW else ""


def _example_html(example: AttentionExample, title: str) -> str:
    title = escape(title)
    heading = f'<p class="am-title">{title}</p>\n' if title else ""
    largest = max(1.0, float(example.weights.max()))
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in example.source)
    rows = "\n".join(_row_html(example, t, largest) for t in range(len(example.target)))
    scale = f' style="--top:{_exact(largest)}"' if largest > 1 else ""
    return (
        f'<div class="am-example" data-title="{title}"{scale}>\n{heading}'
        f'<div class="am-box" tabindex="0" role="group" aria-label="Attention weights {title}">\n'
        f"<table>\n<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>\n"
        "</div>\n</div>"
    )


def _row_html(example: AttentionExample, t: int, largest: float) -> str:
    cells = []
    # Rounded once, for all that follows: shade, text and number must agree.
    for s, weight in enumerate(example.weights[t].round(3)):
        is_gold = example.gold is not None and (t, s) in example.gold
        names = ["g"] * is_gold + ["f"] * bool(weight / largest >= FLIP_FROM)
        attributes = f' class="{" ".join(names)}"' if names else ""
        shade = _exact(weight)
        attributes += f' style="--w:{shade}"' if shade != "0" else ""
        spoken = "<span> gold</span>" if is_gold else ""
        cells.append(f"<td{attributes}>{_shown(weight)}{spoken}</td>")
    return f'<tr><th scope="row">{escape(example.target[t])}</th>{"".join(cells)}</tr>'
