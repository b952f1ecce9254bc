"""The attention explorer: the maps of all layers and heads of a model, side by side.

The small maps of all heads and the table of one of them are made here, in Python: they are what is
seen without a script. `attention_explorer.js` makes buttons of the small maps, and fills the table
with the weights of the chosen one, which the figure holds as whole thousandths.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attention_course.widgets import parts
from attention_course.widgets.png import png_address

# Half precision leaves a row that far from 1, and what is left out on purpose is more.
SUM_TOLERANCE = 0.01
SHAPE = "(layers, heads, target words, source words)"


class HeadMaps:
    """Where all heads of all layers look: one kind of attention, for one sentence.

    source: the S words that are looked at.
    target: the T words that look; in self-attention the same words.
    weights: (N, H, T, S), `weights[n][h][t][s]` is how much target word t looks at source word s in
        head h of layer n. A tensor, an array or nested lists; each row sums to 1, within 0.01.
    gold: pairs `(t, s)`, 0-based, of words that translate each other; None for none known.
    title: what this kind is called where a reader chooses among several.

    Raises ValueError when a sentence is empty or a plain string, when the weights have another
    shape, hold a negative, infinite or missing value, or have a row that does not sum to 1, or when
    a gold pair lies outside.
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
        return f"HeadMaps({self._size()})"

    def _size(self) -> str:
        """Layers × heads × target words × source words."""
        return "×".join(map(str, self.weights.shape))

    def with_means(self) -> NDArray[np.float64]:
        """The weights (N, H + 1, T, S), after each layer's heads their mean; (N, 1, T, S) for one.

        The mean of weights that sum to 1 sums to 1 too.
        """
        if self.weights.shape[1] == 1:
            return self.weights
        return np.concatenate([self.weights, self.weights.mean(1, keepdims=True)], axis=1)


class AttentionExplorer:
    """All layers and heads of a model, which a reader can compare word by word.

    Show it as the last line of a cell. Small maps of all heads stand side by side, with the mean of
    each layer's heads; the chosen one is shown large. Hovering, tapping or focusing a word shows
    where it looks in the chosen head, with the numbers, and under each small map where it looks
    most in that head; a word that is looked at shows who looks at it. Arrow keys go from word to
    word and from head to head. It begins with the mean of the last layer's heads.

    maps: one HeadMaps or more, among which a reader can choose, such as those of a Transformer's
        encoder, of its decoder, and from the one to the other.

    The figure asks for no other file. With 8 words, and the three kinds of a Transformer, it has
    less than 45 kB where there are 2 layers of 4 heads, and 120 kB where there are 6 of 8.

    Raises ValueError without maps, TypeError for anything but HeadMaps.
    """

    def __init__(self, maps: HeadMaps | Iterable[HeadMaps]) -> None:
        way_out = "; for one kind of attention use HeadMaps(source, target, weights)"
        self.maps = parts.check_examples(maps, HeadMaps, way_out)

    def __repr__(self) -> str:
        return parts.plain_form("AttentionExplorer", [kind._size() for kind in self.maps])

    def _repr_html_(self) -> str:
        titles = parts.titles_of(
            [kind.title for kind in self.maps], [kind.source for kind in self.maps]
        )
        thousandths = [np.rint(1000 * kind.with_means()).astype(int) for kind in self.maps]
        body = "\n".join(map(_kind_html, self.maps, thousandths, titles))
        given = {
            "maps": [weights.tolist() for weights in thousandths],
            "blank": parts.BLANK_BELOW,
            "flip": parts.FLIP_FROM,
        }
        note = (
            "Rows: words that look; each sums to 1. Columns: words that are looked at. "
            f"The stronger the shade, the larger the weight; blank: below {parts.BLANK_BELOW}."
        )
        if any(kind.gold for kind in self.maps):
            note += " Outlined: the gold alignment."
        return parts.figure_html(
            "attention-explorer", body, note, ["table", "attention_map"], parts.given_html(given)
        )


def _weights(weights: Any, targets: int, sources: int) -> NDArray[np.float64]:
    expected = f"(layers, heads, {targets}, {sources}) = {SHAPE}"
    array = parts.to_array(weights, "weights", expected)
    shape = array.shape
    if array.ndim != 4 or shape[2:] != (targets, sources) or 0 in shape:
        raise ValueError(
            f"weights have shape {shape}, expected {expected}{_way_out(shape, targets, sources)}"
        )
    parts.check_each(array, "weights", array >= 0, "at least 0")
    sums = array.sum(-1)
    wrong = np.argwhere(abs(sums - 1) > SUM_TOLERANCE)
    if len(wrong):
        n, h, t = wrong[0].tolist()
        columns = abs(array.sum(-2) - 1).max() <= SUM_TOLERANCE
        hint = "; the columns do, as after a softmax over the target words" if columns else ""
        raise ValueError(
            f"weights[{n}, {h}, {t}] sum to {sums[n, h, t]:.3f}, expected every row to sum to 1 "
            f"within {SUM_TOLERANCE}{hint}"
        )
    return array


def _way_out(shape: tuple[int, ...], targets: int, sources: int) -> str:
    if len(shape) == 5 and shape[3:] == (targets, sources):
        return "; choose one of the batch, for example weights[0]"
    if len(shape) == 3 and shape[1:] == (targets, sources):
        return "; for one layer give weights[None]"
    if len(shape) == 4 and shape[0] == 0:
        return "; a model gives none where they are not needed, as in training"
    if shape[2:] == (sources, targets) and sources != targets:
        return "; they look transposed"
    return ""


def _kind_html(kind: HeadMaps, thousandths: NDArray[np.int64], title: str) -> str:
    layers, heads, targets, sources = thousandths.shape
    names = [f"head {h}" for h in range(1, kind.weights.shape[1] + 1)]
    names += ["mean"] * (heads - len(names))
    rows = [f"layer {n}" for n in range(1, layers + 1)]
    cells = [
        "".join(
            _small_html(weights, _name(row, name))
            for weights, name in zip(maps, names, strict=True)
        )
        for row, maps in zip(rows, thousandths, strict=True)
    ]
    overview = parts.table_html(names, rows, cells, f"All layers and heads {title}".rstrip())
    table = parts.table_html(
        kind.source,
        kind.target,
        parts.rows_html(thousandths[-1, -1] / 1000, kind.gold),
        f"Attention weights {title}".rstrip(),
    )
    shown = f'<p class="am-label ae-shown">{_name(rows[-1], names[-1])}</p>'
    inside = f"{overview}\n<div>{shown}\n{table}</div>"
    return parts.example_html(title, inside, f"--ratio:{sources}/{targets}")


def _name(layer: str, head: str) -> str:
    return f"{layer}, {head}".capitalize() + " of heads" * (head == "mean")


def _small_html(weights: NDArray[np.int64], name: str) -> str:
    """A cell with a small map, whose shade is the style's: the picture has the opacity alone."""
    opacity = np.rint(weights * 0.255).astype(np.uint8)
    address = png_address(np.stack([np.zeros_like(opacity), opacity], axis=-1))
    return (
        f'<td><span class="ae-map" role="img" aria-label="{name}"'
        f' style="--map:url({address})"></span></td>'
    )
