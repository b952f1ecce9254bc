"""The few numbers that describe a class: plain Python, None where there is nothing to say."""

from __future__ import annotations

import math
from collections.abc import Sequence

# A correlation over fewer students is mostly chance: at ten its 95% interval around 0 is ±0.63.
ENOUGH = 10


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None of no values."""
    return math.fsum(values) / len(values) if values else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The value below which that percentage lies, linear between neighbours; None of no values.

    Args:
        values: in any order.
        percent: from 0, the least, to 100, the greatest; 50 is the median.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"percent is {percent}, expected 0 to 100")
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's correlation, from -1 to 1.

    None where there are fewer than `ENOUGH` pairs, or where one side is the same throughout.
    """
    if len(one) != len(other):
        raise ValueError(f"correlation of {len(one)} values with {len(other)}, expected as many")
    if len(one) < ENOUGH or len(set(one)) == 1 or len(set(other)) == 1:
        return None
    apart_one, apart_other = _from_mean(one), _from_mean(other)
    scale = math.hypot(*apart_one) * math.hypot(*apart_other)
    together = math.fsum(a * b for a, b in zip(apart_one, apart_other, strict=True))
    return max(-1.0, min(1.0, together / scale))


def histogram(values: Sequence[float], maximum: float, bins: int = 10) -> list[int]:
    """How many values lie in each of so many equal parts of 0 to maximum.

    A value on a border counts above it, the maximum itself in the last part.
    """
    if maximum <= 0:
        raise ValueError(f"maximum is {maximum}, expected more than 0")
    counts = [0] * bins
    for value in values:
        # the rounding keeps 0.1 + 0.2 points of 0.3 in the last part but one's upper neighbour
        place = math.floor(round(value / maximum * bins, 9))
        counts[max(0, min(place, bins - 1))] += 1
    return counts


def _from_mean(values: Sequence[float]) -> list[float]:
    middle = math.fsum(values) / len(values)
    return [value - middle for value in values]
