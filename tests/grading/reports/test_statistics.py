"""The numbers of the summary against NumPy's, and where there is nothing to say."""

from __future__ import annotations

import numpy as np
import pytest
from attention_course.grading.reports.statistics import (
    ENOUGH,
    correlation,
    histogram,
    mean,
    percentile,
)

VALUES = {
    "one": [4.0],
    "two": [1.0, 2.0],
    "ties": [3.0, 1.0, 3.0, 3.0, 2.0, 3.0],
    "all equal": [0.1] * 7,
    "unsorted": [9.5, 0.0, 3.25, 7.0, 7.0, 1.5, 88.0],
    "many": np.random.default_rng(3).normal(50, 20, 501).tolist(),
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_mean_and_percentiles_are_those_of_numpy(values: list[float]) -> None:
    assert mean(values) == pytest.approx(np.mean(values), rel=1e-12)
    for percent in (0, 5, 25, 50, 75, 95, 100):
        assert percentile(values, percent) == pytest.approx(np.percentile(values, percent))


def test_of_nobody_there_is_nothing_to_say() -> None:
    assert mean([]) is None
    assert percentile([], 50) is None
    assert correlation([], []) is None
    assert histogram([], 10) == [0] * 10


def test_the_mean_of_equal_values_is_that_value() -> None:
    assert mean([0.1] * 10) == 0.1


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_percentage_outside_is_refused(percent: float) -> None:
    with pytest.raises(ValueError, match=f"percent is {percent}, expected 0 to 100"):
        percentile([1.0], percent)


def test_correlation_is_that_of_numpy() -> None:
    generator = np.random.default_rng(5)
    one = generator.normal(size=40)
    other = one + generator.normal(size=40)
    expected = np.corrcoef(one, other)[0, 1]
    assert correlation(one.tolist(), other.tolist()) == pytest.approx(expected)
    assert correlation(one.tolist(), (-other).tolist()) == pytest.approx(-expected)


def test_correlation_with_ties_is_that_of_numpy() -> None:
    one = [0.0, 0.0, 5.0, 5.0, 10.0, 10.0, 10.0, 0.0, 5.0, 10.0]
    other = [20.0, 30.0, 30.0, 35.0, 50.0, 50.0, 40.0, 10.0, 30.0, 20.0]
    assert correlation(one, other) == pytest.approx(np.corrcoef(one, other)[0, 1])


def test_rounding_takes_no_correlation_beyond_one() -> None:
    values = [5.0, 2.8, 7.6, 6.2, 2.5, 9.1, 9.8, 8.1, 9.0, 3.1]  # 1.0000000000000002 unguarded
    assert correlation(values, [3 * value for value in values]) == 1.0
    assert correlation(values, [-3 * value for value in values]) == -1.0


def test_few_or_equal_values_have_no_correlation() -> None:
    rising = [float(number) for number in range(ENOUGH)]
    assert correlation(rising, rising) is not None
    assert correlation(rising[:-1], rising[:-1]) is None
    assert correlation(rising, [0.3] * ENOUGH) is None
    assert correlation([0.3] * ENOUGH, rising) is None


def test_correlation_of_unlike_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="of 2 values with 3"):
        correlation([1.0, 2.0], [1.0, 2.0, 3.0])


def test_a_histogram_is_that_of_numpy() -> None:
    values = np.random.default_rng(7).uniform(0, 100, 300).tolist()
    expected, _ = np.histogram(values, bins=10, range=(0, 100))
    assert histogram(values, 100) == expected.tolist()


def test_a_border_counts_above_it_and_full_marks_in_the_last_part() -> None:
    assert histogram([0, 5, 10, 95, 100, 100], 100) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 3]


def test_a_sum_of_rounded_points_falls_where_its_number_does() -> None:
    third = 0.1 + 0.2  # 0.30000000000000004
    less = 0.1 * 3 - 1e-16
    assert histogram([third, less], 1.0)[3] == 2
    assert histogram([3 * (10 / 3)], 10)[9] == 1


def test_points_beyond_the_ends_are_counted_at_the_ends() -> None:
    assert histogram([-1, 101], 100) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]


def test_a_histogram_of_no_points_is_refused() -> None:
    with pytest.raises(ValueError, match="maximum is 0, expected more than 0"):
        histogram([1.0], 0)
