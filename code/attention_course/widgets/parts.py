"""What the figures of this folder have in common: their frame, their files, their checks.

A figure is one `<div class="attention-figure …">` that holds its style, its data and its script.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from operator import index
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Example = TypeVar("Example")

# Smaller weights are left blank: a page of zeros hides what there is to see.
BLANK_BELOW = 0.01
# From this shade on, light text reads better than dark on the light theme, and the other way
# round on the dark one. Both text colours keep a contrast of 4.5 here (see table.css).
FLIP_FROM = 0.695


def figure_html(kind: str, body: str, note: str, shared: Sequence[str], data: str = "") -> str:
    """The figure, whole: it asks for no other file.

    kind: its class, with `_` for `-` also the name of its own style and script.
    body: its data, which is what is seen without a script; the id depends on it and on `data`.
    note: one paragraph that says how to read it.
    shared: what it needs besides `parts`: names of a style and a script.
    data: attributes of the outermost element.
    """
    names = ("parts", *shared, kind.replace("-", "_"))
    style = "\n".join(map(asset, [f"{name}.css" for name in names]))
    script = "\n".join(map(asset, [f"{name}.js" for name in names]))
    identity = "attention-" + hashlib.sha256((data + body).encode()).hexdigest()[:10]
    # The class names keep MathJax, and translate="no" a browser's translator, off the words.
    return (
        f'<div class="attention-figure {kind} tex2jax_ignore mathjax_ignore" id="{identity}"'
        f' translate="no"{data}>\n<style>{style}</style>\n{body}\n'
        f'<p class="am-note">{note}</p>\n'
        f'<script>(() => {{\n"use strict";\n{script}\n}})();</script>\n</div>'
    )


@cache
def asset(name: str) -> str:
    """A file beside this one, without the comments and the blanks that a reader's page can spare.

    Comments stand on lines of their own in these files, so that they can be told from content.
    No style has braces, commas or semicolons within quotes.
    """
    text = (files(__package__) / name).read_text(encoding="utf-8")
    text = re.sub(r"^\s*(//.*|/\*.*?\*/)\s*$", "", text, flags=re.MULTILINE)
    if name.endswith(".css"):
        text = re.sub(r"\s*([{};,])\s*", r"\1", text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def check_examples(
    examples: Example | Iterable[Example], kind: type[Example], way_out: str = ""
) -> tuple[Example, ...]:
    """One example or several of a kind as a tuple; ValueError for none, TypeError for others."""
    found = (examples,) if isinstance(examples, kind) else tuple(cast(Iterable[Example], examples))
    if not found:
        raise ValueError(f"examples need at least one {kind.__name__}, got none")
    for example in found:
        if not isinstance(example, kind):
            raise TypeError(
                f"a {kind.__name__} was expected, got {type(example).__name__}{way_out}"
            )
    return found


def plain_form(figure: str, sizes: Sequence[str]) -> str:
    """The stable `repr` of a figure whose examples have these sizes."""
    return f"{figure}({len(sizes)} example{'s' if len(sizes) > 1 else ''}: {', '.join(sizes)})"


def titles_of(given: Sequence[str], contents: Sequence[Sequence[str]]) -> list[str]:
    """What a reader chooses examples by; a lone example without a title needs none."""
    if len(given) == 1:
        return list(given)
    return [
        title or f"Example {number}: {' '.join(words)}"
        for number, (title, words) in enumerate(zip(given, contents, strict=True), 1)
    ]


def example_html(title: str, inside: str, style: str = "") -> str:
    """One of the examples among which a reader can choose; `inside` is its HTML."""
    title = escape(title)
    heading = f'<p class="am-title">{title}</p>\n' if title else ""
    attributes = f' data-title="{title}"' + (f' style="{style}"' if style else "")
    return f'<div class="am-example"{attributes}>\n{heading}{inside}\n</div>'


def given_html(given: dict[str, Any]) -> str:
    """The attribute `data-given`, with which a figure hands numbers to its script."""
    return f' data-given="{escape(json.dumps(given, separators=(",", ":")))}"'


def table_html(
    columns: Sequence[str], rows: Sequence[str], cells: Sequence[str], label: str
) -> str:
    """A table that scrolls in a box of its own; `cells` holds the `<td>`s of each row."""
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in columns)
    body = "\n".join(
        f'<tr><th scope="row">{escape(word)}</th>{line}</tr>'
        for word, line in zip(rows, cells, strict=True)
    )
    return (
        f'<div class="am-box" tabindex="0" role="group" aria-label="{escape(label)}">\n'
        f"<table>\n<thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n"
        "</div>"
    )


def cell_html(
    weight: float, largest: float = 1.0, names: Sequence[str] = (), spoken: str = ""
) -> str:
    """The `<td>` of a weight, which is rounded here, so that shade, text and number agree.

    largest: the weight that has the full shade.
    names: its classes.
    spoken: what is read out after its number and not seen.
    """
    weight = round(weight, 3)
    names = [*names, *["f"] * bool(weight / largest >= FLIP_FROM)]
    attributes = f' class="{" ".join(names)}"' if names else ""
    shade = exact(weight)
    attributes += f' style="--w:{shade}"' if shade != "0" else ""
    hidden = f"<span> {spoken}</span>" if spoken else ""
    return f"<td{attributes}>{shown(weight)}{hidden}</td>"


def rows_html(
    weights: NDArray[np.float64], gold: frozenset[tuple[int, int]], largest: float = 1.0
) -> list[str]:
    """The `<td>`s of each row of weights (T, S); outlined where the words translate each other."""
    return [
        "".join(
            cell_html(float(weight), largest, ["g"], "gold")
            if (t, s) in gold
            else cell_html(float(weight), largest)
            for s, weight in enumerate(row)
        )
        for t, row in enumerate(weights)
    ]


def exact(value: float) -> str:
    """Three decimals, without zeros at either end: a figure holds many numbers."""
    text = f"{value:.3f}".strip("0").rstrip(".")
    return text or "0"


def shown(value: float) -> str:
    """Two decimals, as wide as every other number of the table."""
    return f"{value:.2f}".removeprefix("0") if value >= BLANK_BELOW else ""


def check_words(words: Sequence[str], name: str) -> tuple[str, ...]:
    """The words; ValueError for none, for one string and for anything but strings."""
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


def check_whole(value: Any, name: str, least: int, what: str = "a whole number") -> int:
    """The number; ValueError for one that is not whole or smaller than `least`."""
    try:
        whole = index(value)
    except TypeError:
        whole = least - 1
    if whole < least:
        raise ValueError(f"{name} is {value!r}, expected {what}, {least} or more")
    return whole


def check_gold(
    gold: Collection[tuple[int, int]] | None, targets: int, sources: int
) -> frozenset[tuple[int, int]]:
    """The pairs, none for None; ValueError for what is no pair of two words' indices."""
    for pair in gold or ():
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
    return frozenset((index(t), index(s)) for t, s in gold or ())


def to_array(values: Any, name: str, expected: str) -> NDArray[np.float64]:
    """An array of its own from a tensor, an array or nested lists, finite everywhere.

    expected: the shape, in words, for the ValueError about what is no table of numbers.
    """
    if hasattr(values, "detach"):  # a torch tensor, known by its method: torch is not needed here
        values = values.detach().cpu().double().numpy()
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} are not a table of numbers ({error}); expected shape {expected}"
        ) from None
    check_each(array, name, np.isfinite(array), "finite")
    array.setflags(write=False)
    return array


def check_each(array: NDArray[np.float64], name: str, good: NDArray[np.bool_], what: str) -> None:
    """ValueError that names the first place of `array` where `good` is False."""
    if not good.all():
        place = tuple(np.argwhere(~good)[0].tolist())
        raise ValueError(
            f"{name}[{', '.join(map(str, place))}] is {array[place]}, "
            f"expected every one of them to be {what}"
        )
