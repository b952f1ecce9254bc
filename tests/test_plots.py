"""The figures: what they show, that they read on any page, and that a notebook shows them once."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from attention_course import plots
from colours import contrast
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from nbclient import NotebookClient

SOURCE, TARGET = ["the", "red", "house"], ["la", "maison"]
WEIGHTS = [[0.9, 0.06, 0.04], [0.04, 0.32, 0.64]]

DRAWINGS: dict[str, Callable[[Any], Figure]] = {
    "history": lambda ax: plots.history([3, 2, 1], [(2, 2.5)], ax=ax),
    "attention": lambda ax: plots.attention(ax, WEIGHTS, SOURCE, TARGET),
    "by_length": lambda ax: plots.by_length([5, 10], {"a": [1, 0.5]}, ylabel="exact match", ax=ax),
    "offset_histogram": lambda ax: plots.offset_histogram([0, 1], ax=ax),
}
every_drawing = pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS.keys())


@every_drawing
def test_a_figure_is_returned_and_forgotten_by_pyplot(draw: Callable[[Any], Figure]) -> None:
    before = plt.get_fignums()
    assert isinstance(draw(None), Figure)
    assert plt.get_fignums() == before


@every_drawing
def test_given_axes_are_drawn_into(draw: Callable[[Any], Figure]) -> None:
    fig, (above, below) = plots.figure(rows=2)
    assert draw(below) is fig
    assert below.has_data()
    assert not above.has_data()


@every_drawing
def test_a_figure_brings_its_own_light_ground(draw: Callable[[Any], Figure]) -> None:
    file = BytesIO()
    draw(None).savefig(file, format="png")
    file.seek(0)
    pixels = plt.imread(file)
    assert (pixels[..., 3] == 1).all()
    assert to_hex(pixels[0, 0]) == plots.GROUND
    assert contrast(plots.GROUND, "#ffffff") < 1.05


@every_drawing
def test_axes_say_what_they_measure(draw: Callable[[Any], Figure]) -> None:
    fig = draw(None)
    if draw is DRAWINGS["attention"]:  # its axes are the words
        assert fig.axes[-1].get_ylabel() == "weight"
    else:
        assert fig.axes[0].get_xlabel()
        assert fig.axes[0].get_ylabel()


def test_every_colour_stands_out_from_the_ground() -> None:
    for colour in (*plots.COLOURS, plots.GOLD):
        assert contrast(colour, plots.GROUND) >= 3, colour
    assert contrast(plots.INK, plots.GROUND) >= 7


def test_no_two_series_differ_in_colour_alone() -> None:
    styles = plots.STYLE["axes.prop_cycle"].by_key()
    assert set(styles) == {"color", "linestyle", "marker"}
    for values in styles.values():
        assert len(set(values)) == len(plots.COLOURS) == 5
    _, ax = plots.figure()
    (first,), (second,) = ax.plot([0, 1]), ax.plot([1, 0])
    for line, i in ((first, 0), (second, 1)):
        assert line.get_color() == styles["color"][i]
        assert line.get_linestyle() == styles["linestyle"][i]
        assert line.get_marker() == styles["marker"][i]


def test_size_is_in_inches() -> None:
    fig, axes = plots.figure(5, 4, rows=2, columns=3)
    assert tuple(fig.get_size_inches()) == (5, 4)
    assert axes.shape == (2, 3)


def test_history_shows_losses_their_mean_and_the_validation() -> None:
    losses = np.arange(10.0)
    fig = plots.history(losses, [(5, 4.5), (10, 8.0)], label="run", window=3)
    mean, raw, validation = fig.axes[0].lines
    np.testing.assert_allclose(mean.get_xdata(), np.arange(2, 10))
    np.testing.assert_allclose(mean.get_ydata(), np.arange(1.0, 9))
    np.testing.assert_allclose(raw.get_xdata(), np.arange(1, 11))
    np.testing.assert_allclose(raw.get_ydata(), losses)
    np.testing.assert_allclose(validation.get_xydata(), [[5, 4.5], [10, 8.0]])
    # a marker means a validation, nothing else
    assert [line.get_marker() for line in (mean, raw, validation)] == ["", "", "o"]
    shown = [text.get_text() for text in fig.axes[0].get_legend().get_texts()]
    assert shown == ["run", "run, validation"]


def test_a_short_history_is_drawn_whole() -> None:
    (line, raw) = plots.history([2.0, 1.0]).axes[0].lines
    np.testing.assert_allclose(line.get_ydata(), [1.5])
    np.testing.assert_allclose(raw.get_ydata(), [2, 1])
    (line,) = plots.history([2.0, 1.0], window=1).axes[0].lines
    np.testing.assert_allclose(line.get_ydata(), [2, 1])


def test_two_histories_in_one_figure_take_the_first_two_styles() -> None:
    _, ax = plots.figure()
    for label in ("one", "two"):
        plots.history(np.ones(100), [(50, 1.0)], label=label, ax=ax)
    means = [line for line in ax.lines if line.get_label() in ("one", "two")]
    assert [line.get_color() for line in means] == list(plots.COLOURS[:2])
    marks = [line.get_marker() for line in ax.lines if "validation" in line.get_label()]
    assert marks == ["o", "s"]


def test_attention_shows_weights_words_and_gold() -> None:
    ax = plots.attention(None, WEIGHTS, SOURCE, TARGET, {(1, 2)}).axes[0]
    np.testing.assert_allclose(ax.images[0].get_array(), WEIGHTS)
    assert ax.images[0].get_clim() == (0, 1)
    assert [text.get_text() for text in ax.get_xticklabels()] == SOURCE
    assert [text.get_text() for text in ax.get_yticklabels()] == TARGET
    (patch,) = ax.patches
    assert (*patch.get_xy(), patch.get_width(), patch.get_height()) == (1.5, 0.5, 1, 1)
    assert ax.yaxis_inverted()  # the first word stands at the top


def test_attention_grows_with_the_sentences() -> None:
    small = plots.attention(None, WEIGHTS, SOURCE, TARGET).get_size_inches()
    large = plots.attention(None, np.ones((20, 30)), ["s"] * 30, ["t"] * 20).get_size_inches()
    assert (large > 2 * small).all()


def test_by_length_shows_mean_and_span_over_seeds() -> None:
    values = np.array([[0.9, 0.5, np.nan], [0.7, 0.4, np.nan], [0.8, 0.9, np.nan]])
    fig = plots.by_length(
        ["3–5", "6–10", "11–40"], {"a": values, "b": [1, 0.5, 0.2]}, ylabel="exact match"
    )
    ax = fig.axes[0]
    a, b = ax.lines
    np.testing.assert_allclose(a.get_xydata(), [[0, 0.8], [1, 0.6]])
    np.testing.assert_allclose(b.get_ydata(), [1, 0.5, 0.2])
    (band,) = ax.collections  # one run has no span
    corners = {tuple(point) for point in band.get_paths()[0].vertices.round(6)}
    assert corners == {(0, 0.7), (0, 0.9), (1, 0.4), (1, 0.9)}
    assert [text.get_text() for text in ax.get_xticklabels()] == ["3–5", "6–10", "11–40"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]


def test_numbers_as_lengths_keep_their_distances() -> None:
    ax = plots.by_length([5, 10, 40], {"a": [1, 1, 1]}, ylabel="y").axes[0]
    np.testing.assert_allclose(ax.lines[0].get_xdata(), [5, 10, 40])


def test_offsets_are_counted_and_far_ones_gathered() -> None:
    ax = plots.offset_histogram([0, 0, 1, -1, 7, -9, -9, 2], limit=2).axes[0]
    shares = {bar.get_x() + bar.get_width() / 2: bar.get_height() for bar in ax.patches}
    expected = {-3: 2, -2: 0, -1: 1, 0: 2, 1: 1, 2: 1, 3: 1}
    assert {round(at): share * 8 for at, share in shares.items()} == pytest.approx(expected)
    names = [text.get_text() for text in ax.get_xticklabels()]
    assert names == ["<−2", "−2", "−1", "0", "+1", "+2", ">2"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.history([]), r"losses have shape \(0,\), expected \(steps,\)"),
        (lambda: plots.history([[1.0]]), r"losses have shape \(1, 1\)"),
        (
            lambda: plots.attention(None, WEIGHTS, TARGET, SOURCE),
            r"shape \(2, 3\), expected \(3, 2\) .*transposed",
        ),
        (
            lambda: plots.by_length([1, 2], {"a": [1, 2, 3]}, ylabel="y"),
            r"series 'a' has shape \(3,\), expected \(2,\) or \(seeds, 2\)",
        ),
        (
            lambda: plots.by_length([1], {"a": [[[1]]]}, ylabel="y"),
            r"series 'a' has shape \(1, 1, 1\)",
        ),
        (lambda: plots.offset_histogram([]), r"offsets have shape \(0,\)"),
        (lambda: plots.offset_histogram([0.5]), "type float64, expected a sequence of at least"),
    ],
)
def test_a_wrong_shape_is_named(draw: Callable[[], Figure], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()


def test_a_notebook_shows_a_figure_once_and_sharp() -> None:
    """Where it is a cell's last value, and nowhere else."""
    cells = {
        "import matplotlib.pyplot as plt\nfrom attention_course import plots": 0,
        'plots.by_length([1, 2], {"a": [1, 2]}, ylabel="y")': 1,
        "fig, ax = plots.figure()\nax.plot([1, 2]);": 0,
        "plots.history([1, 2], ax=ax)\nfig": 1,
        "plt.get_fignums()": 0,
        "figure = plots.history([1, 2])": 0,
    }
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for cell, expected in zip(notebook.cells, cells.values(), strict=True):
        pictures = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        assert len(pictures) == expected, cell.source
        assert len(cell.outputs) == expected or "get_fignums" in cell.source, cell.outputs
        for picture in pictures:  # twice as many pixels as the size it is shown at
            assert picture.metadata["image/png"]["width"] < 700
            assert picture.data["text/plain"].startswith("<Figure size")
    assert notebook.cells[4].outputs[0].data["text/plain"] == "[]"
