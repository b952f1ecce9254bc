"""Digits to be copied, reversed and added."""

from __future__ import annotations

import re
from typing import Any

import pytest
from attention_course.data import available, load
from attention_course.data.digits import add, addition, carries, copy, reverse
from attention_course.data.pairs import Corpus, Pair
from hypothesis import given
from hypothesis import strategies as st

SMALL = {"train": 60, "validation": 10, "test": 20}
TASKS = ("copy", "reverse", "addition")
each = pytest.mark.parametrize("name", TASKS)


def all_pairs(corpus: Corpus) -> tuple[Pair, ...]:
    return corpus.train + corpus.validation + corpus.test


def numbers(source: tuple[str, ...]) -> list[str]:
    """Both numbers of an addition as one writes them, the highest digit first."""
    if "+" not in source:
        parts = zip(*(column.split("+") for column in source), strict=True)
        return ["".join(reversed(part)).lstrip("0") or "0" for part in parts]
    return ["".join(reversed(n.split())) for n in " ".join(source).split(" + ")]


def test_digits_are_said_again_or_backwards() -> None:
    for pair in all_pairs(copy(**SMALL)):
        assert pair.target == pair.source
        assert pair.alignment == {(i, i) for i in range(len(pair.source))}
    for pair in all_pairs(reverse(**SMALL)):
        assert pair.target == pair.source[::-1]
        assert pair.alignment is not None
        assert {s for _, s in pair.alignment} == set(range(len(pair.source)))
        assert all(pair.target[t] == pair.source[s] for t, s in pair.alignment)


def test_numbers_are_added() -> None:
    for base in (2, 10):
        for pair in all_pairs(addition(**SMALL, base=base)):
            one, other = numbers(pair.source)
            total = int("".join(reversed(pair.target)), base)
            assert int(one, base) + int(other, base) == total
            assert all(n == "0" or n[0] != "0" for n in (one, other, "".join(pair.target[::-1])))
            assert set(pair.source) <= {*map(str, range(base)), "+"}
    assert add(("7", "2", "+", "5", "9")).target == ("2", "2", "1")
    assert add(("7+5", "2+9")).target == ("2", "2", "1")
    assert add(("5", "+", "5"), 10).target == ("0", "1")


def test_columns_hold_the_same_numbers() -> None:
    for base in (2, 10):
        rows, columns = (addition(**SMALL, base=base, columns=which) for which in (False, True))
        for row, column in zip(all_pairs(rows), all_pairs(columns), strict=True):
            assert numbers(row.source) == numbers(column.source)
            assert row.target == column.target
            assert carries(row.source, base) == carries(column.source, base)
            assert len(column.source) == max(map(len, numbers(row.source)))
        assert len(columns.encode(columns.train)) == 60  # no word is unknown


def test_carries_with_a_pencil() -> None:
    # 5 + 5 makes a carry, 0 + 9 and 4 + 5 pass it on, 1 + 1 ends it, 2 + 3 has none
    assert carries(tuple("50412+59513")) == [0, 1, 2, 3, 0]
    # the last carry is a digit of its own, and a new carry begins to count anew
    assert carries(tuple("59+59")) == [0, 1, 1]
    assert carries(tuple("99+1")) == [0, 1, 2]
    assert carries(("1", "+", "1", "1"), base=2) == [0, 1, 2]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(2, 10))
def test_a_digit_is_its_column_plus_its_carry(a: int, b: int, base: int) -> None:
    def digits(n: int) -> list[int]:
        return [n % base, *(digits(n // base) if n >= base else [])]

    source = (*map(str, digits(a)), "+", *map(str, digits(b)))
    pair, runs = add(source, base), carries(source, base)
    assert list(map(int, pair.target)) == digits(a + b)
    assert len(runs) == len(pair.target)
    at = [dict(enumerate(digits(n))) for n in (a, b)]
    for t, digit in enumerate(pair.target):
        assert int(digit) == (sum(n.get(t, 0) for n in at) + (runs[t] > 0)) % base


@each
def test_sources_differ_and_have_their_lengths(name: str) -> None:
    corpus = load(name, **SMALL, lengths=(2, 5), test_lengths=(6, 9))
    assert [len(x) for x in (corpus.train, corpus.validation, corpus.test)] == [60, 10, 20]
    assert len({pair.source for pair in all_pairs(corpus)}) == 90

    def lengths(pairs: tuple[Pair, ...]) -> set[int]:
        parts = numbers if name == "addition" else lambda source: ["".join(source)]
        return {len(part) for pair in pairs for part in parts(pair.source)}

    assert lengths(corpus.train) == {2, 3, 4, 5}
    assert lengths(corpus.test) == {6, 7, 8, 9}
    assert len(corpus.encode(corpus.test)) == 20
    assert available(name)


def test_the_order_of_two_numbers_makes_no_new_sum() -> None:
    for columns in (False, True):
        corpus = addition(train=40, validation=5, test=10, lengths=(1, 1), columns=columns)
        assert len({tuple(sorted(numbers(pair.source))) for pair in all_pairs(corpus)}) == 55
    with pytest.raises(ValueError, match=r"too few different .* out of 11: found 55"):
        addition(train=56, validation=0, test=0, lengths=(1, 1))


@each
def test_the_seed_decides_and_the_test_changes_nothing_else(name: str) -> None:
    one, again, other = (load(name, **SMALL, seed=seed) for seed in (3, 3, 4))
    assert one == again
    assert one.train != other.train
    longer = load(name, **SMALL, seed=3, test_lengths=(11, 12))
    assert (longer.train, longer.validation) == (one.train, one.validation)
    assert longer.test != one.test
    # the same on every machine
    golden = {"copy": "7 4 2 5 4 7 3", "reverse": "7 4 2 5 4 7 3", "addition": "0 9 4 7 + 3 8 8"}
    assert " ".join(load(name).train[0].source) == golden[name]


@each
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"train": -1}, "train is -1, expected an integer of at least 0"),
        ({"lengths": (0, 3)}, "lengths is (0, 3), expected the fewest and the most"),
        ({"lengths": (4, 3)}, "lengths is (4, 3), expected"),
        ({"lengths": 4}, "lengths is 4, expected"),
        ({"lengths": (1, 2.5)}, "lengths is (1, 2.5), expected"),
        ({"lengths": (True, 3)}, "lengths is (True, 3), expected"),
        ({"test_lengths": (1, 2, 3)}, "test_lengths is (1, 2, 3), expected"),
        ({"seed": 0.5}, "seed is 0.5, expected an integer"),
    ],
)
def test_bad_options(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        load(name, **options)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("copy", {"symbols": 0}, "symbols is 0, expected an integer of at least 1"),
        ("addition", {"base": 1}, "base is 1, expected an integer of at least 2"),
        ("addition", {"base": 11}, "base is 11, expected at most 10"),
        (
            "reverse",
            {"symbols": 2, "lengths": (1, 3), "train": 20},
            "too few different sentences of 1 to 3 words out of 2: found 14",
        ),
    ],
)
def test_bad_options_of_one_task(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        load(name, **options)
