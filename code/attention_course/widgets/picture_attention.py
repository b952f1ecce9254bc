"""Attention laid over a picture: where each word of a caption looked.

A strip of small pictures, one for each word, is made here, in Python: it is the still picture and
the data at once. `picture_attention.js` makes buttons of them, and shows the chosen one large.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attention_course.widgets import parts
from attention_course.widgets.png import png_address

# The veil over what got no weight: grey, so that it takes nothing from the colours of what did,
# and reads on a light ground and on a dark one; thin enough to tell what lies below.
VEIL_GREY, VEIL_OPACITY = 128, 0.75

Box = Sequence[float]
"""Top, left, bottom and right of an object in pixels; the last two no more in it."""


class PictureExample:
    """One picture, the words written about it, and where each word looked.

    picture: (Y, X, 3), red, green and blue from 0 to 1. A tensor as torch's convolutions take it,
        (3, Y, X), becomes one by `picture.permute(1, 2, 0)`.
    words: the T words, in the order they were written.
    weights: (T, rows, columns), or (T, L) together with `grid`. Location (row, column) is that part
        of the picture when it is cut into so many equal rows and columns. A tensor, an array or
        nested lists; finite and not negative. They need not sum to 1.
    grid: (rows, columns) of weights (T, L), whose locations come row by row; L = rows · columns.
    named: for each word None or the box `(top, left, bottom, right)` of the object it names, in
        pixels, the last two no more in it. None where no objects are known.
    title: what the example is called where a reader chooses among several.

    Raises ValueError when a shape is another one, when the words are none or a plain string, when a
    value is missing or out of range, or when a box is empty or reaches outside the picture.
    """

    def __init__(
        self,
        picture: Any,
        words: Sequence[str],
        weights: Any,
        grid: tuple[int, int] | None = None,
        named: Sequence[Box | None] | None = None,
        title: str = "",
    ) -> None:
        self.picture = _picture(picture)
        self.words = parts.check_words(words, "words")
        self.weights = _weights(weights, len(self.words), grid)
        self.named = _named(named, len(self.words), self.picture.shape[:2])
        self.title = title

    def __repr__(self) -> str:
        return f"PictureExample({self._size()})"

    def _size(self) -> str:
        """Words × rows × columns of locations."""
        return "×".join(map(str, self.weights.shape))

    def share(self, word: int) -> float | None:
        """The share of a word's weight on the object it names; None where it names none.

        Counted are the locations that share at least one pixel with the object's box. A word
        without any weight has a share of 0.
        """
        box = self.named[word]
        if box is None:
            return None
        top, left, bottom, right = box
        _, rows, columns = self.weights.shape
        height, width = self.picture.shape[:2]
        y, x = np.arange(rows + 1) * height / rows, np.arange(columns + 1) * width / columns
        inside = np.logical_and.outer(
            (y[:-1] < bottom) & (y[1:] > top), (x[:-1] < right) & (x[1:] > left)
        )
        total = self.weights[word].sum()
        return float(self.weights[word][inside].sum() / total) if total else 0.0


class PictureAttention:
    """A picture with attention laid over it, word by word.

    Show it as the last line of a cell. Hovering, tapping or focusing a word shows the picture large
    and clear where this word looked, and reads out where it looked most and how much of its weight
    lies on the object that it names, which is framed. Arrow keys go from word to word.

    examples: one PictureExample or more, among which a reader can choose.

    Raises ValueError without examples, TypeError for anything but examples.
    """

    def __init__(self, examples: PictureExample | Iterable[PictureExample]) -> None:
        self.examples = parts.check_examples(examples, PictureExample)

    def __repr__(self) -> str:
        return parts.plain_form("PictureAttention", [e._size() for e in self.examples])

    def _repr_html_(self) -> str:
        titles = parts.titles_of(
            [example.title for example in self.examples],
            [example.words for example in self.examples],
        )
        body = "\n".join(map(_example_html, self.examples, titles))
        named = any(box is not None for example in self.examples for box in example.named)
        note = (
            "One picture for each word, in the order they were written. Clear: where the word "
            "looked most. The thicker the grey veil, the smaller the weight beside that largest "
            "one. Solid frame, on the large picture: the largest weight."
        ) + named * (
            " Dashed frame: the object that the word names. Number: the share of the word’s "
            "weight on the places that this object touches."
        )
        return parts.figure_html("picture-attention", body, note, [])


def _picture(picture: Any) -> NDArray[np.float64]:
    array = parts.to_array(picture, "picture", "(Y, X, 3) = (rows, columns, colours) of pixels")
    if array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        way_out = ""
        if array.ndim == 3 and array.shape[0] == 3:
            way_out = (
                "; its colours come first: give picture.permute(1, 2, 0) for a tensor, "
                "picture.transpose(1, 2, 0) for an array"
            )
        elif array.ndim == 4:
            way_out = "; give one picture of the batch, for example picture[0]"
        raise ValueError(
            f"picture has shape {array.shape}, expected (Y, X, 3) = "
            f"(rows of pixels, columns of pixels, colours){way_out}"
        )
    parts.check_each(array, "picture", (array >= 0) & (array <= 1), "from 0 to 1")
    return array


def _weights(weights: Any, words: int, grid: tuple[int, int] | None) -> NDArray[np.float64]:
    expected = f"({words}, rows, columns) = (words, locations down, locations across)"
    if grid is not None:
        expected = f"({words}, {grid[0] * grid[1]}) = (words, locations of the grid {grid})"
    array = parts.to_array(weights, "weights", expected)
    shape = array.shape
    if grid is not None and shape == (words, grid[0] * grid[1]):
        array = array.reshape(words, *grid)
    if array.ndim != 3 or len(array) != words or 0 in shape or grid not in (None, array.shape[1:]):
        way_out = ""
        if array.ndim == 2 and grid is None:
            way_out = "; with the locations in one row, say how they lie: grid=(rows, columns)"
        raise ValueError(f"weights have shape {shape}, expected {expected}{way_out}")
    parts.check_each(array, "weights", array >= 0, "at least 0")
    return array


def _named(
    named: Sequence[Box | None] | None, words: int, size: Sequence[int]
) -> tuple[tuple[float, ...] | None, ...]:
    if named is None:
        return (None,) * words
    if len(named) != words:
        raise ValueError(
            f"named has {len(named)} entries, expected {words}: for each word None or a box"
        )
    return tuple(None if box is None else _box(box, i, *size) for i, box in enumerate(named))


def _box(box: Box, i: int, height: int, width: int) -> tuple[float, ...]:
    try:
        top, left, bottom, right = map(float, box)
    except (TypeError, ValueError):
        raise ValueError(
            f"named[{i}] is {box!r}, expected None or (top, left, bottom, right) in pixels"
        ) from None
    if not (0 <= top < bottom <= height and 0 <= left < right <= width):
        raise ValueError(
            f"named[{i}] is {tuple(box)}, expected (top, left, bottom, right) with "
            f"0 <= top < bottom <= {height} and 0 <= left < right <= {width}"
        )
    return top, left, bottom, right


def _example_html(example: PictureExample, title: str) -> str:
    height, width = example.picture.shape[:2]
    picture = png_address((example.picture * 255).round().astype(np.uint8))
    figures = "\n".join(_word_html(example, i) for i in range(len(example.words)))
    # The picture stands here once; what has the class pa-picture takes it from the variable.
    style = f"--picture:url({picture});--ratio:{width}/{height}"
    return parts.example_html(title, f'<div class="pa-strip">\n{figures}\n</div>', style)


def _word_html(example: PictureExample, i: int) -> str:
    weights, share = example.weights[i], example.share(i)
    veil = VEIL_OPACITY * (1 - weights / (weights.max() or 1))
    pixels = np.stack([np.full_like(veil, VEIL_GREY), veil * 255], axis=-1).round()
    address = png_address(pixels.astype(np.uint8))
    number = "" if share is None else f"{share:.2f}".removeprefix("0")
    return (
        '<figure class="pa-word"><div class="pa-picture" role="img"'
        f' aria-label="{escape(_sentence(example, i))}"'
        f' style="--veil:url({address})">{_frames(example, i)}</div>'
        f"<figcaption>{escape(example.words[i])} <small>{number}</small></figcaption></figure>"
    )


def _frames(example: PictureExample, i: int) -> str:
    """Where the largest weight is, and the object that the word names."""
    _, rows, columns = example.weights.shape
    row, column = divmod(int(example.weights[i].argmax()), columns)
    most = (row / rows, column / columns, (row + 1) / rows, (column + 1) / columns)
    frames = _frame_html("pa-most", *most)
    box = example.named[i]
    if box is not None:
        height, width = example.picture.shape[:2]
        top, left, bottom, right = box
        frames += _frame_html(
            "pa-named", top / height, left / width, bottom / height, right / width
        )
    return frames


def _frame_html(kind: str, top: float, left: float, bottom: float, right: float) -> str:
    """A frame around the part of the picture between these shares of its height and width."""
    inset = " ".join(f"{100 * side:.4g}%" for side in (top, 1 - right, 1 - bottom, left))
    return f'<span class="{kind}" style="inset:{inset}"></span>'


def _sentence(example: PictureExample, i: int) -> str:
    weights, share = example.weights[i], example.share(i)
    row, column = np.unravel_index(weights.argmax(), weights.shape)
    most = f"row {row + 1}, column {column + 1} ({weights.max():.2f})"
    said = f"“{example.words[i]}” looked most at {most}."
    if share is not None:
        said += f" {share:.2f} of its weight lies on the object it names."
    elif any(box is not None for box in example.named):
        said += " It names no object."
    return said
