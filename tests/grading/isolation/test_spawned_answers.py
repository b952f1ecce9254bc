"""A new process for every answer, as where none can be forked."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import torch
from attention_course.exercises.asking import Raised, Returned
from attention_course.grading.isolation import Ended, IsolationError, Job, Limits, Ran, Warm
from grading import watching


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    try:
        warm = Warm(["attention_course.exercises.bahdanau.stepping"], lanes=2, start="spawn")
    except IsolationError as error:
        pytest.skip(str(error))
    with warm:
        yield warm


def ran(warm: Warm, source: str, limits: Limits) -> Ran:
    how = "attention_course.exercises.asking:call"
    inputs = [{"x": torch.arange(3.0)}, {"x": torch.ones(2)}]
    return warm.ask(Job(("import torch, os, time",), source, "f", how, (), inputs), limits)


def test_it_answers(warm: Warm) -> None:
    found = ran(warm, "def f(x):\n    return 2 * x", Limits())
    assert found.ended is Ended.FINISHED
    first, second = found.outcomes
    assert isinstance(first, Returned)
    assert torch.equal(first.value, torch.tensor([0.0, 2.0, 4.0]))
    assert isinstance(second, Returned)
    assert 0 < found.cpu < 2
    assert found.memory > 50e6


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        ("os._exit(0)", Ended.DIED),
        ("os.kill(os.getpid(), 9)", Ended.DIED),
        ("time.sleep(60)", Ended.TIMED_OUT),
        ("return sum(range(10**12))", Ended.TIMED_OUT),
    ],
)
def test_how_it_ends(warm: Warm, body: str, ended: Ended) -> None:
    wall = 1.5 if "sleep" in body else 20
    before = psutil.Process().children()
    found = ran(warm, f"def f(x):\n    {body}", Limits(wall=wall, cpu=1))
    assert found.ended is ended, found
    assert found.seconds < 30
    assert not watching.started(before)


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has no limit of the address space")
def test_memory_is_limited(warm: Warm) -> None:
    assert ran(warm, "def f(x):\n    return bytearray(3 << 30)", Limits()).ended is Ended.MEMORY


def test_it_sees_no_reference(warm: Warm) -> None:
    source = "def f(x):\n    import attention_course.exercises.bahdanau.scores"
    (first, _) = ran(warm, source, Limits()).outcomes
    assert isinstance(first, Raised)
    assert first.type_name == "ModuleNotFoundError"


def test_its_folder_is_its_own_and_goes(warm: Warm) -> None:
    source = "def f(x):\n    open('a', 'w').close()\n    return os.getcwd(), os.listdir('.')"
    (first, _) = ran(warm, source, Limits()).outcomes
    assert isinstance(first, Returned)
    assert first.value[1] == ["a"]
    assert not Path(first.value[0]).exists()


def test_another_way_to_start_is_refused() -> None:
    with pytest.raises(ValueError, match="forkserver"):
        Warm([], lanes=1, start="forkserver")


def test_nothing_is_left(warm: Warm) -> None:
    before = len(os.listdir("/dev/fd"))
    ran(warm, "def f(x):\n    return 1", Limits())
    assert len(os.listdir("/dev/fd")) == before


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody reads another one's clock")
def test_what_a_cell_takes_before_the_first_inputs_is_counted_apart(warm: Warm) -> None:
    source = """
def burn(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
burn(0.5)
def f(x):
    burn(0.1 if len(x) == 2 else 0.2)
"""
    found = ran(warm, source, Limits())
    assert found.ended is Ended.FINISHED, found
    assert 0.5 <= found.loading < 0.7
    first, second = found.spent
    assert 0.2 <= first < 0.28
    assert 0.1 <= second < 0.18
    assert found.loading + first + second <= found.cpu < 1.2
