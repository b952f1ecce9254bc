"""Answers in processes of their own: what comes back, and how they end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from attention_course.exercises.asking import Raised, Returned
from attention_course.grading.isolation import Ended, Job, Limits, Ran, Warm

LIMITS = Limits(wall=5, cpu=2)
SETUP = "import torch\nfrom attention_course.exercises import check, progress"


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm([], lanes=2) as warm:
        yield warm


def job(source: str, runs: int = 2, barred: tuple[str, ...] = ()) -> Job:
    inputs = [{"x": torch.arange(3.0) + run} for run in range(runs)]
    how = "attention_course.exercises.asking:call"
    return Job((SETUP,), source, "f", how, barred, inputs)


def ran(warm: Warm, source: str, limits: Limits = LIMITS) -> Ran:
    return warm.ask(job(source), limits)


def test_an_answer_gets_its_inputs_and_returns(warm: Warm) -> None:
    found = ran(warm, "def f(x):\n    return 2 * x")
    assert found.ended is Ended.FINISHED
    first, second = found.outcomes
    assert isinstance(first, Returned)
    assert isinstance(second, Returned)
    assert torch.equal(first.value, torch.tensor([0.0, 2.0, 4.0]))
    assert torch.equal(second.value, torch.tensor([2.0, 4.0, 6.0]))
    assert found.memory > 50e6
    assert 0 < found.cpu < found.seconds + 1


@pytest.mark.parametrize(
    ("source", "raised"),
    [
        ("1 / 0", Raised("ZeroDivisionError", "division by zero")),
        ("def f(x):\n    raise ValueError('no')", Raised("ValueError", "no")),
        ("def f(x):\n    raise KeyboardInterrupt", Raised("KeyboardInterrupt")),
        ("raise SystemExit(3)", Raised("SystemExit", "3")),
        ("g = 1", Raised("NameError", "name 'f' is not defined")),
        ("f = 1", Raised("TypeError", "f is a number, expected the function itself")),
    ],
)
def test_an_answer_that_raises_does_so_for_each_run(
    warm: Warm, source: str, raised: Raised
) -> None:
    found = ran(warm, source)
    assert found.outcomes == (raised, raised)
    assert found.ended is Ended.FINISHED


def test_a_cell_that_raises_after_its_function_still_answers(warm: Warm) -> None:
    found = ran(warm, "def f(x):\n    return 1\n\nassert f(0) == 2")
    assert [outcome.value for outcome in found.outcomes] == [1, 1]


@pytest.mark.parametrize(
    ("source", "ended"),
    [
        ("import os\nos._exit(0)", Ended.DIED),
        ("import os\nos.kill(os.getpid(), 9)", Ended.DIED),
        ("def f(x):\n    return sum(range(10**12))", Ended.TIMED_OUT),
        ("def f(x):\n    return torch.empty(10**10)", Ended.MEMORY),
        ("def f(x):\n    return bytearray(10**10)", Ended.MEMORY),
    ],
)
def test_how_an_answer_ends(warm: Warm, source: str, ended: Ended) -> None:
    found = ran(warm, source, Limits(wall=5, cpu=1))
    assert found.ended is ended, found


def test_a_sleeper_is_woken_by_its_wall_time(warm: Warm) -> None:
    found = ran(warm, "import time\ndef f(x):\n    time.sleep(60)", Limits(wall=1, cpu=1))
    assert found.ended is Ended.TIMED_OUT
    assert found.seconds < 3


BURNS = """
import time
def burn(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
"""


def test_what_a_cell_takes_before_the_first_inputs_is_counted_apart(warm: Warm) -> None:
    found = ran(warm, BURNS + "burn(0.4)\ndef f(x):\n    burn(0.1 if x[0] else 0.2)\n    return 1")
    assert found.ended is Ended.FINISHED, found
    assert 0.4 <= found.loading < 0.5
    first, second = found.spent
    assert 0.2 <= first < 0.27
    assert 0.1 <= second < 0.17
    assert found.cpu == pytest.approx(found.loading + first + second, abs=0.05)


def test_a_cell_may_take_longer_than_the_function_has(warm: Warm) -> None:
    limits = Limits(wall=60, cpu=1, loading=20)
    found = ran(warm, BURNS + "burn(1.5)\ndef f(x):\n    return 1", limits)
    assert found.ended is Ended.FINISHED, found
    late = ran(warm, BURNS + "burn(1.5)\ndef f(x):\n    burn(60)", limits)
    assert (late.ended, late.asked) == (Ended.TIMED_OUT, True)
    assert late.cpu < 4.6  # those of the cell, and one second more, in whole ones


def test_a_cell_without_an_end_is_told_from_a_function_without_one(warm: Warm) -> None:
    found = ran(warm, "import time\ntime.sleep(60)", Limits(loading=0.2))
    assert (found.ended, found.asked, found.spent) == (Ended.TIMED_OUT, False, ())
    assert "its cells' 0.6 seconds were over" in found.detail


def test_who_says_too_early_that_it_is_ready_is_asked_too_early(warm: Warm) -> None:
    """The clock is read before the inputs go out, so that it is its own time that it loses."""
    early = """
import os, stat
from attention_course.grading.isolation import frames
for number in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            os.write(number, frames.encode({"loaded": True}))
    except OSError:
        pass
"""
    found = ran(warm, early + BURNS + "burn(0.4)\ndef f(x):\n    return 1")
    assert found.ended is Ended.DIED
    assert "nobody asked for" in found.detail
    assert found.loading < 0.2
    assert found.outcomes == ()


def test_an_answer_after_a_bad_one_is_as_good(warm: Warm) -> None:
    ran(warm, "import os\nos.kill(os.getpid(), 9)")
    assert ran(warm, "def f(x):\n    return 1").ended is Ended.FINISHED
