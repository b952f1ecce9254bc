"""What is said of two models after several seeds."""

from __future__ import annotations

from itertools import combinations

import pytest
from attention_course.replications import compare

ROWS = [
    {"model": model, "learning_rate": rate, "test": {"exact_match": score + seed, "bleu": -score}}
    for seed in (0, 2)
    for model, scores in {"a": (1, 5, 9), "b": (4, 6, 3)}.items()
    for rate, score in zip((0.001, 0.002, 0.004), scores, strict=True)
]


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [
        ((3, 5), (1, 2), 1),
        ((1, 2), (3, 5), -1),
        ((1, 3), (2, 5), 0),  # higher with each seed, and yet they overlap
        ((2, 3), (1, 2), 0),  # as high is not higher
        ((1, 5), (2, 3), 0),
    ],
)
def test_models_differ_where_no_runs_overlap(
    one: tuple[float, ...], other: tuple[float, ...], sign: int
) -> None:
    assert compare.apart(one, other) == sign
    assert compare.apart(other, one) == -sign


def test_the_rule_says_how_often_equal_models_differ() -> None:
    ranks = set(range(6))
    ways = [compare.apart(one, [*ranks - {*one}]) for one in combinations(ranks, 3)]
    share = sum(map(abs, ways)) / len(ways)
    assert f"a probability of {share:.2f}:" in compare.rule(3)
    assert "With 3 seeds" in compare.rule(3)
    assert "a probability of 1.00:" in compare.rule(1)


def test_words_for_numbers() -> None:
    assert compare.spread([0.5, 0.25, 1.5]) == "0.750 (0.250–1.500)"
    assert compare.spread([9.0, 10.0], 1) == "9.5 (9.0–10.0)"
    assert compare.against([3, 1, 2], [1, 1, 3]) == "1 of 3 seeds, +0.333 on average"
    assert compare.against([0, 1], [1, 2]) == "0 of 2 seeds, -1.000 on average"


def test_a_sweep_by_model_and_rate() -> None:
    found = compare.over_rates(ROWS)
    assert list(found) == ["a", "b"]
    assert found["a"] == {0.001: [1, 3], 0.002: [5, 7], 0.004: [9, 11]}
    assert compare.over_rates(ROWS, "bleu")["b"][0.001] == [-4, -4]
    words = "better at 0.004; no difference at 0.002; worse at 0.001"
    assert compare.at_rates(found["a"], found["b"]) == words
    assert compare.at_rates(found["a"], found["a"]) == "no difference at any rate"
    assert compare.at_rates({0.001: [2]}, {0.001: [1]}) == "better at every rate"
    lines = compare.table(found, 1).splitlines()
    assert lines[:2] == ["|  | 0.001 | 0.002 | 0.004 |", "| --- | --- | --- | --- |"]
    assert lines[3] == "| b | 5.0 (4.0–6.0) | 7.0 (6.0–8.0) | 4.0 (3.0–5.0) |"
    assert len(lines) == 4


def test_the_highest_means_and_where_the_grid_ends() -> None:
    found = compare.over_rates(ROWS)
    assert [compare.best_rate(by_rate) for by_rate in found.values()] == [0.004, 0.002]
    words = "*a* 10.000 at 0.004, where the grid ends; *b* 7.000 at 0.002"
    assert compare.highest(found) == words
    falling = {0.001: [3.0], 0.002: [2.0]}
    assert compare.highest({"c": falling}) == "*c* 3.000 at 0.001, where the grid ends"
    assert compare.at_best(found["a"], found["b"]) == 1  # but not at every rate
    assert compare.at_best(found["b"], found["a"]) == -1
    assert compare.at_best(found["b"], {0.001: [0, 9], 0.002: [0, 0]}) == 0
