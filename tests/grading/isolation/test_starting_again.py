"""When the warm process is started again, and when it must not be."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from attention_course.grading.isolation import Ended, IsolationError, Job, Limits, Warm
from grading import watching

HOW = "attention_course.exercises.asking:call"
ONE = Job((), "def f():\n    return 1", "f", HOW, (), [{}])
SLEEPER = Job((), "import time\ndef f():\n    time.sleep(60)", "f", HOW, (), [{}])

if sys.platform != "linux":
    pytest.skip("needs Linux", allow_module_level=True)


def test_after_the_end_nothing_is_started_and_nothing_is_answered() -> None:
    before = psutil.Process().children()
    with Warm([], lanes=2) as warm, ThreadPoolExecutor(2) as pool:
        assert watching.started(before)
        asked = [pool.submit(warm.ask, SLEEPER, Limits(wall=60)) for _ in range(4)]
        watching.with_an_answer(warm._runner._process.pid)
        start = time.monotonic()
        warm.close()
        ran = [future.result() for future in asked]  # those that ran, and those that waited
        ran.append(warm.ask(ONE, Limits()))
        assert time.monotonic() - start < 10
    assert [one.ended for one in ran] == [Ended.FAILED] * 5
    assert all("closed" in one.detail for one in ran), ran
    assert not psutil.wait_procs(watching.started(before), timeout=5)[1]


def test_after_the_end_no_process_is_started_for_an_answer_either() -> None:
    try:
        warm = Warm([], lanes=1, start="spawn")
    except IsolationError as error:
        pytest.skip(str(error))
    warm.close()
    assert warm.ask(ONE, Limits()).ended is Ended.FAILED


def test_with_fewer_layers_than_before_it_is_not_started() -> None:
    with Warm([], lanes=1) as warm:
        layers = dict(warm._runner.layers)
        if not layers["jail"]:
            pytest.skip("this machine has no jail to lose")
        warm._runner._orders["without"] = ["jail"]
        for _ in range(2):  # the second finds nothing weaker left over from the first
            warm._runner._process.kill()
            found = warm.ask(ONE, Limits())
            assert found.ended is Ended.FAILED
            assert "jail False, expected True as before" in found.detail
        assert warm._runner.layers == layers
        warm._runner._orders["without"] = []
        assert warm.ask(ONE, Limits()).ended is Ended.FINISHED


def test_what_an_answer_left_running_ends_with_the_warm_process() -> None:
    """Also where no pid namespace takes everything along."""
    from attention_course.grading.isolation import forked

    class Fewer(forked.Forked):
        def __init__(self, preload: list[str], lanes: int) -> None:
            super().__init__(preload, lanes, without=["pid"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forked, "Forked", Fewer)
        try:
            warm = Warm([], lanes=1)
        except IsolationError as error:
            pytest.skip(str(error))
    with warm:
        thread = threading.Thread(target=warm.ask, args=(SLEEPER, Limits(wall=60)))
        thread.start()
        _, *family = watching.with_an_answer(warm._runner._process.pid)
        assert len(family) == 3  # the warm process, the guard, the answer
    assert not psutil.wait_procs(family, timeout=2)[1]
    thread.join(5)
    assert not thread.is_alive()
