"""Digits, to be said again (``copy``), or backwards (``reverse``), or added (``addition``).

A program of a few lines does each of these at any length. So the test may be longer than all that
was trained on, and what is asked is whether a model has learnt the program.

Source: the algorithmic tasks of 1807.03819, Section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from random import Random

from attention_course.data.checks import check_integers
from attention_course.data.distinct import (
    Lengths,
    Words,
    check_lengths,
    distinct_corpus,
    sequence,
)
from attention_course.data.pairs import Corpus, Pair

PLUS = "+"


def copy(
    *,
    train: int = 10_000,
    validation: int = 200,
    test: int = 500,
    symbols: int = 10,
    lengths: Lengths = (1, 10),
    test_lengths: Lengths | None = None,
    seed: int = 0,
) -> Corpus:
    """Random digits, to be said again. All sources differ.

    Args:
        train, validation, test: how many pairs of each.
        symbols: how many digits there are: "0", "1" and so on.
        lengths: the fewest and the most digits in training and validation, all lengths equally
            likely as long as there are different ones left.
        test_lengths: the same of the test; None: as in training. What is trained and validated on
            does not depend on it.
        seed: decides on the digits.

    Raises:
        ValueError: a number that is no integer or too small, lengths in the wrong order, or more
            sources than there are.
    """
    counts = train, validation, test
    return _moved("copy", lambda t, length: t, symbols, counts, lengths, test_lengths, seed)


def reverse(
    *,
    train: int = 10_000,
    validation: int = 200,
    test: int = 500,
    symbols: int = 10,
    lengths: Lengths = (1, 10),
    test_lengths: Lengths | None = None,
    seed: int = 0,
) -> Corpus:
    """Random digits, to be said from the last to the first; all else as for `copy`."""
    counts = train, validation, test
    return _moved(
        "reverse", lambda t, length: length - 1 - t, symbols, counts, lengths, test_lengths, seed
    )


def _moved(
    name: str,
    origin: Callable[[int, int], int],
    symbols: int,
    counts: tuple[int, int, int],
    lengths: Lengths,
    test_lengths: Lengths | None,
    seed: int,
) -> Corpus:
    """Digits and the same in another order: origin(t, length) is where digit t comes from."""
    check_integers(1, symbols=symbols)
    check_integers(seed=seed)
    check_lengths("lengths", lengths)
    check_lengths("test_lengths", test_lengths or lengths)
    random, digits = Random(seed), [str(i) for i in range(symbols)]

    def solve(source: Words) -> Pair:
        origins = [origin(t, len(source)) for t in range(len(source))]
        return Pair(source, tuple(source[s] for s in origins), frozenset(enumerate(origins)))

    return distinct_corpus(
        name,
        digits,
        draw=lambda lengths: sequence(random, digits, lengths),
        solve=solve,
        counts=counts,
        lengths=lengths,
        test_lengths=test_lengths or lengths,
    )


def addition(
    *,
    train: int = 10_000,
    validation: int = 200,
    test: int = 500,
    base: int = 10,
    lengths: Lengths = (1, 5),
    test_lengths: Lengths | None = None,
    columns: bool = False,
    seed: int = 0,
) -> Corpus:
    """Two numbers, to be added, each from its lowest digit to its highest.

    So the digits of the sum are said in the order in which one adds with a pencil: 27 + 95 has the
    source ``7 2 + 5 9`` and the target ``2 2 1``. No number ends in a zero, but for zero itself.
    No two sources have the same two numbers, whichever stands first.

    Args:
        train, validation, test: how many pairs of each.
        base: of the digits, 2 to 10.
        lengths: the fewest and the most digits of each of the two numbers in training and
            validation; both lengths are drawn for themselves.
        test_lengths: the same of the test; None: as in training.
        columns: whether the numbers stand below each other, as on paper, instead of one after the
            other: 27 + 95 has the source ``7+5 2+9``. The shorter one ends in zeros.
        seed: decides on the numbers.

    Raises:
        ValueError: as for `copy`, or a base above 10.

    Source for the order of the digits: the authors' program.
    """
    check_integers(2, base=base)
    check_integers(seed=seed)
    check_lengths("lengths", lengths)
    check_lengths("test_lengths", test_lengths or lengths)
    if base > 10:
        raise ValueError(f"base is {base}, expected at most 10: a digit is one of 0 to 9")
    random, digits = Random(seed), [str(i) for i in range(base)]
    signs = [f"{a}{PLUS}{b}" for a in digits for b in digits] if columns else [PLUS]

    def number(lengths: Lengths) -> Words:
        length = random.randint(*lengths)
        highest = random.choice(digits if length == 1 else digits[1:])
        return (*random.choices(digits, k=length - 1), highest)

    def draw(lengths: Lengths) -> Words:
        source = (*number(lengths), PLUS, *number(lengths))
        return tuple(f"{a}{PLUS}{b}" for a, b in _columns(source)) if columns else source

    return distinct_corpus(
        "addition",
        [*digits, *signs],
        draw=draw,
        solve=lambda source: add(source, base),
        counts=(train, validation, test),
        lengths=lengths,
        test_lengths=test_lengths or lengths,
        key=lambda source: tuple(sorted(zip(*_columns(source), strict=True))),
    )


def add(source: Words, base: int = 10) -> Pair:
    """Two numbers, one after the other or in columns, and their sum, from the lowest digit on."""
    digits, carry = [], 0
    for column in _columns(source):
        carry, digit = divmod(sum(column) + carry, base)
        digits.append(str(digit))
    return Pair(source, tuple(digits + ["1"] * carry))


def carries(source: Words, base: int = 10) -> list[int]:
    """How far the carry that each digit of the sum receives has come.

    0 for a digit that receives none; 1 where the two digits before it make ten or more by
    themselves; 2 where they make nine and have received such a carry, and so on.
    """
    runs = [0]
    for column in _columns(source):
        if sum(column) >= base:
            runs.append(1)
        else:
            runs.append(runs[-1] + 1 if runs[-1] and sum(column) == base - 1 else 0)
    return runs if runs[-1] else runs[:-1]


def _columns(source: Words) -> list[tuple[int, int]]:
    """The digits of both numbers that are added, zeros after the shorter one's last."""
    if PLUS not in source:
        return [(int(a), int(b)) for a, b in (column.split(PLUS) for column in source)]
    plus = source.index(PLUS)
    numbers = source[:plus], source[plus + 1 :]
    return [(int(a), int(b)) for a, b in zip_longest(*numbers, fillvalue="0")]
