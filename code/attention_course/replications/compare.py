"""What several seeds say of two models: one rule, and the words for it, for chapters to use."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from attention_course.replications.records import Row

Rates = dict[float, list[float]]  # at a learning rate, a score for each seed


def apart(one: Sequence[float], other: Sequence[float]) -> int:
    """Whether two models differ, by their scores with each seed: the rule.

    Returns:
        1 if all of `one` are above all of `other`, -1 if all are below; 0, "no difference", where
        they overlap.
    """
    return 1 if min(one) > max(other) else -1 if max(one) < min(other) else 0


def rule(seeds: int) -> str:
    """What `apart` goes by, as a sentence; and how often chance would do as much.

    Args:
        seeds: of each model. Of the ways in which 2 · seeds runs of equal models can fall to two
            models, all equally probable, two have one model above the other.
    """
    return (
        "Two models *differ*, in all that follows, if every run of one is above every run of the "
        "other; where their runs overlap, we say that there is no difference. With "
        f"{seeds} seeds, chance makes two equally good models differ with a probability of "
        f"{2 / math.comb(2 * seeds, seeds):.2f}: of many comparisons, expect that of some."
    )


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Mean, and from the smallest to the largest: "0.950 (0.940–0.960)"."""
    mean = sum(values) / len(values)
    return f"{mean:.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def against(one: Sequence[float], other: Sequence[float]) -> str:
    """In how many seeds `one` is higher, and by how much: "2 of 3 seeds, +0.010 on average"."""
    gains = [a - b for a, b in zip(one, other, strict=True)]
    above = sum(gain > 0 for gain in gains)
    return f"{above} of {len(gains)} seeds, {sum(gains) / len(gains):+.3f} on average"


def over_rates(rows: Iterable[Row], measure: str = "exact_match") -> dict[str, Rates]:
    """Of a sweep's rows (`rates.sweep`): model -> learning rate -> the test score of each seed."""
    found: dict[str, Rates] = {}
    for row in rows:
        by_rate = found.setdefault(row["model"], {})
        by_rate.setdefault(row["learning_rate"], []).append(row["test"][measure])
    return found


def at_rates(one: Mapping[float, Sequence[float]], other: Mapping[float, Sequence[float]]) -> str:
    """Whether `one` is better, at each learning rate: "better at 0.004; no difference at 0.001"."""
    signs = {rate: apart(one[rate], other[rate]) for rate in one}
    parts = []
    for sign, word in ((1, "better"), (0, "no difference"), (-1, "worse")):
        rates = [f"{rate:g}" for rate, found in signs.items() if found == sign]
        if len(rates) == len(signs):
            return f"{word} at {'every' if sign else 'any'} rate"
        if rates:
            parts.append(f"{word} at {', '.join(rates)}")
    return "; ".join(parts)


def best_rate(by_rate: Mapping[float, Sequence[float]]) -> float:
    """The learning rate with the highest mean over the seeds."""
    return max(by_rate, key=lambda rate: sum(by_rate[rate]) / len(by_rate[rate]))


def at_best(one: Mapping[float, Sequence[float]], other: Mapping[float, Sequence[float]]) -> int:
    """Whether two models differ (`apart`), each at the rate where its mean is highest."""
    return apart(one[best_rate(one)], other[best_rate(other)])


def highest(models: Mapping[str, Mapping[float, Sequence[float]]]) -> str:
    """The highest mean of each model, where it is, and whether the grid ends there."""
    parts = []
    for name, by_rate in models.items():
        rate = best_rate(by_rate)
        end = ", where the grid ends" if rate in (min(by_rate), max(by_rate)) else ""
        parts.append(f"*{name}* {sum(by_rate[rate]) / len(by_rate[rate]):.3f} at {rate:g}{end}")
    return "; ".join(parts)


def table(models: Mapping[str, Mapping[float, Sequence[float]]], digits: int = 3) -> str:
    """A table in Markdown: a row for each model, a column for each learning rate."""
    rates = next(iter(models.values()))
    lines = [["", *(f"{rate:g}" for rate in rates)], ["---"] * (len(rates) + 1)]
    lines += [
        [name, *(spread(values, digits) for values in by_rate.values())]
        for name, by_rate in models.items()
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
