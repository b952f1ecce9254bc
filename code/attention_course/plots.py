"""The figures of the course, all in one style.

Every function takes numbers, draws and returns the matplotlib `Figure`; make it the last line of a
cell to show it. Figures are taken off pyplot's list as soon as they exist: a notebook then shows a
figure once, where its cell returns it, and none is kept in memory by being forgotten. So there is
no `plt.show()` here; in a script, use `figure.savefig(...)`.

To draw several things in one figure, make the axes first and pass them on:

    fig, (above, below) = plots.figure(height=6, rows=2)
    plots.history(losses, ax=above)
    plots.by_length(lengths, {"attention": values}, ylabel="exact match", ax=below)
    fig

The ground is opaque and nearly white, so that figures read on a dark page too. Series differ in
colour, in line style and in marker, so that no figure depends on colour alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from attention_course.widgets import AttentionExample

INK = "#1f2328"
GROUND = "#fdfdfb"
GRID = "#dcdfe3"
GOLD = "#b34700"
# After Okabe and Ito (2008), the light ones left out: each has a contrast of 3 or more on GROUND
# and differs from its neighbours for readers with any common colour blindness.
COLOURS = ("#0072b2", "#d55e00", "#00795a", "#882255", "#1f2328")
_LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
_MARKERS = ("o", "s", "^", "D", "v")
# One hue, light to dark; its dark end is the attention map's.
SHADES = LinearSegmentedColormap.from_list("attention", ["#ffffff", "#083c82"])

STYLE: dict[str, Any] = {
    "figure.facecolor": GROUND,
    "savefig.facecolor": GROUND,
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "axes.facecolor": GROUND,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=COLOURS) + cycler(linestyle=_LINES) + cycler(marker=_MARKERS),
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "legend.handlelength": 3.0,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "font.size": 11,
    "font.family": "DejaVu Sans",
    "svg.hashsalt": "attention-course",
}


def use_style() -> None:
    """Make the course's style matplotlib's default, and notebooks' pictures sharp.

    `figure` calls it, so a notebook need not; call it to give figures of your own the same look.
    """
    plt.style.use(STYLE)
    _sharpen()


@cache
def _sharpen() -> None:
    """Ask a notebook for pictures at twice the resolution; elsewhere do nothing."""
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("retina")


def figure(
    width: float = 5.6, height: float = 3.4, *, rows: int = 1, columns: int = 1
) -> tuple[Figure, Any]:
    """A figure in the course's style and its axes: one, or an array as of `plt.subplots`.

    width, height: of the whole figure, in inches (100 pixels each). Beyond the default width the
        labels become too small to read on a phone; rows of axes keep it, columns do not.
    """
    use_style()
    fig, axes = plt.subplots(rows, columns, figsize=(width, height))
    plt.close(fig)
    return fig, axes


def history(
    losses: Sequence[float],
    validation: Sequence[tuple[float, float]] = (),
    *,
    label: str = "training",
    window: int = 25,
    ax: Axes | None = None,
) -> Figure:
    """The loss over a training run: every step pale, their moving mean strong, validation marked.

    losses: (K,), at steps 1 to K. validation: pairs (step, loss).
    label: what the run is called; call again with the same axes to lay a second run beside it.
    window: how many steps the moving mean spans; 1 draws the losses as they are.
    """
    y = np.asarray(losses, float)
    if y.ndim != 1 or not len(y):
        raise ValueError(f"losses have shape {y.shape}, expected (steps,) with at least one step")
    x = np.arange(1, len(y) + 1)
    ax = _axes(ax)
    window = max(1, min(window, len(y)))
    smooth = np.convolve(y, np.ones(window) / window, mode="valid")
    first = (window - 1) // 2  # a mean stands in the middle of what it spans
    (line,) = ax.plot(x[first : first + len(smooth)], smooth, label=label)
    colour, marker = line.get_color(), line.get_marker()
    line.set_marker("")
    # Colour, line and marker are all named below: a line that leaves one open uses up a style.
    if window > 1:
        ax.plot(x, y, color=colour, linestyle="-", marker="", alpha=0.25, linewidth=0.8)
    if len(validation):
        at, values = np.asarray(validation, float).T
        name = f"{label}, validation"
        ax.plot(at, values, color=colour, linestyle="", marker=marker, label=name)
    ax.set(xlabel="step", ylabel="loss")
    ax.legend()
    return _figure_of(ax)


def attention(
    ax: Axes | None,
    weights: Any,
    source: Sequence[str],
    target: Sequence[str],
    gold: Collection[tuple[int, int]] | None = None,
) -> Figure:
    """Attention weights as a matrix: target words down, source words across, dark is much.

    weights: (T, S), checked as by AttentionExample. gold: pairs (target index, source index),
    outlined. ax: None makes a figure of fitting size.
    """
    example = AttentionExample(source, target, weights, gold)
    if ax is None:
        rows, columns = example.weights.shape
        _, ax = figure(1.8 + 0.36 * columns, 1.2 + 0.34 * rows)
    image = ax.imshow(
        example.weights, cmap=SHADES, vmin=0, vmax=max(1.0, float(example.weights.max()))
    )
    ax.set_xticks(range(len(example.source)), example.source, rotation=90)
    ax.set_yticks(range(len(example.target)), example.target)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    for t, s in example.gold or ():
        ax.add_patch(Rectangle((s - 0.5, t - 0.5), 1, 1, fill=False, edgecolor=GOLD, linewidth=1.6))
    fig = _figure_of(ax)
    fig.colorbar(image, ax=ax, shrink=0.8, label="weight")
    return fig


def by_length(
    lengths: Sequence[float] | Sequence[str],
    series: Mapping[str, Any],
    *,
    ylabel: str,
    xlabel: str = "source length, words",
    ax: Axes | None = None,
) -> Figure:
    """A measure by sentence length: one line per series, with the span over seeds as a band.

    lengths: (K,) numbers, or names of ranges such as "3–5".
    series: name -> values (K,), or (seeds, K): then the line is the mean and the band reaches from
        the smallest to the largest seed. NaN where there was nothing to measure.
    """
    ax = _axes(ax)
    named = any(isinstance(length, str) for length in lengths)
    at = np.arange(len(lengths)) if named else np.asarray(lengths, float)
    for name, values in series.items():
        table = np.atleast_2d(np.asarray(values, float))
        if table.ndim != 2 or table.shape[1] != len(at):
            raise ValueError(
                f"series {name!r} has shape {np.shape(values)}, expected ({len(at)},) or "
                f"(seeds, {len(at)}) like the {len(at)} lengths"
            )
        shown = ~np.isnan(table).all(axis=0)
        x, table = at[shown], table[:, shown]
        (line,) = ax.plot(x, np.nanmean(table, axis=0), label=name)
        if len(table) > 1:
            low, high = np.nanmin(table, axis=0), np.nanmax(table, axis=0)
            ax.fill_between(x, low, high, color=line.get_color(), alpha=0.18, linewidth=0)
    if named:
        ax.set_xticks(at, list(map(str, lengths)))
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend()
    return _figure_of(ax)


def offset_histogram(
    offsets: Sequence[int],
    *,
    limit: int = 4,
    label: str = "",
    ax: Axes | None = None,
) -> Figure:
    """How far the most attended source word lies from the gold one, as shares of all links.

    offsets: (K,) whole numbers, attended position minus gold position; 0 is a hit.
    limit: what lies further away is counted in one bar at either end.
    """
    array = np.asarray(offsets)
    if array.ndim != 1 or not len(array) or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(
            f"offsets have shape {array.shape} and type {array.dtype}, "
            "expected a sequence of at least one whole number"
        )
    ax = _axes(ax)
    at = np.arange(-limit - 1, limit + 2)
    clipped = np.clip(array, at[0], at[-1])
    shares = [(clipped == offset).mean() for offset in at]
    colours = [COLOURS[0] if offset else COLOURS[1] for offset in at]
    bars = ax.bar(at, shares, color=colours, width=0.8, label=label or None)
    ax.bar_label(bars, labels=[f"{share:.0%}" if share >= 0.005 else "" for share in shares])
    names = [f"{offset:+d}" if offset else "0" for offset in at]
    names[0], names[-1] = f"<{-limit:d}".replace("-", "−"), f">{limit}"
    ax.set_xticks(at, [name.replace("-", "−") for name in names])
    ax.set(xlabel="attended position − gold position", ylabel="share of links")
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.margins(y=0.12)
    ax.grid(False, axis="x")
    if label:
        ax.set_title(label)
    return _figure_of(ax)


def _axes(ax: Axes | None) -> Axes:
    return figure()[1] if ax is None else ax


def _figure_of(ax: Axes) -> Figure:
    fig = ax.get_figure()
    assert isinstance(fig, Figure)  # the axes of a subfigure would give that
    return fig
