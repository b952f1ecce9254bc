"""Workers: what does not end is ended and named, and nothing outlives who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from attention_course.authoring.workers import Lost, Workers

LIMIT = 20.0  # seconds; a worker needs a few to begin


def work(task: str, tell: Callable[[str], object]) -> str:
    """What the workers of these tests do."""
    tell(f"the task {task}")
    if task == "endless":
        while True:
            pass
    if task == "dies":
        os._exit(3)
    if task == "slow but talking":
        for _ in range(4):
            time.sleep(0.5)
            tell("still at it")
    if task.startswith("starts "):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(task.removeprefix("starts ")).write_text(str(child.pid))
        time.sleep(600)
    if task.startswith("detaches "):  # as Jupyter does with its kernels
        sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        child = subprocess.Popen(sleep, start_new_session=True)
        Path(task.removeprefix("detaches ")).write_text(str(child.pid))
        time.sleep(600)
    if task.startswith("leaves "):
        sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        child = subprocess.Popen(sleep, start_new_session=True)
        Path(task.removeprefix("leaves ")).write_text(str(child.pid))
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{task} is done"


def ended(pid: int) -> bool:
    """Whether a process is gone within a few seconds."""
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_what_is_lost_is_told_and_the_others_go_on() -> None:
    with Workers(2, work) as workers:
        workers.begin("endless", LIMIT)
        workers.begin("dies", LIMIT)
        assert workers.free == 0
        assert workers.next() == ("dies", Lost("the task dies", "ended its process (3)"))
        assert workers.free == 1
        workers.begin("quick", LIMIT)
        assert workers.next() == ("quick", "quick is done")
        assert workers.next() == ("endless", Lost("the task endless", "did not end within 20 s"))
        assert workers.free == 2
        workers.begin("quick", LIMIT)
        assert workers.next() == ("quick", "quick is done")


def test_a_word_in_time_is_enough() -> None:
    with Workers(1, work) as workers:
        workers.begin("quick", LIMIT)  # so that it has begun
        workers.next()
        workers.begin("slow but talking", 1.5)
        assert workers.next() == ("slow but talking", "slow but talking is done")


def started(path: Path) -> int:
    """The process that a worker wrote down."""
    for _ in range(600):
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.1)
    raise AssertionError("the worker started nothing")


def test_what_a_worker_started_ends_with_it(tmp_path: Path) -> None:
    with Workers(1, work) as workers:
        workers.begin(f"starts {tmp_path / 'pid'}", 600)
        child = started(tmp_path / "pid")
        assert psutil.pid_exists(child)
    assert ended(child)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it has to see to its own end")
def test_what_has_a_session_of_its_own_ends_too(tmp_path: Path) -> None:
    with Workers(1, work) as workers:
        workers.begin(f"detaches {tmp_path / 'pid'}", 600)
        child = started(tmp_path / "pid")
        assert psutil.pid_exists(child)
    assert ended(child)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it has to see to its own end")
def test_what_a_killed_worker_leaves_ends_too(tmp_path: Path) -> None:
    with Workers(2, work) as workers:
        workers.begin(f"detaches {tmp_path / 'other'}", 600)
        workers.begin(f"leaves {tmp_path / 'pid'}", 600)
        other, child = started(tmp_path / "other"), started(tmp_path / "pid")
        assert "ended its process" in workers.next()[1].why
        assert ended(child)
        assert psutil.Process(other).status() != psutil.STATUS_ZOMBIE  # it is another worker's
    assert ended(other)


PARENT = """\
import os, sys
from attention_course.authoring.workers import Workers
from test_workers import work

if __name__ == "__main__":
    workers = Workers(2, work)
    print(*(worker.process.pid for worker in workers._all), flush=True)
    workers.begin("endless", 600)
    workers.next()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's death")
def test_workers_die_with_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    paths = [str(Path(__file__).parent), *sys.path]  # the package of these tests, not another
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    time.sleep(6)  # by then they have begun
    assert all(psutil.pid_exists(pid) for pid in pids)
    parent.kill()
    parent.wait()
    left = [pid for pid in pids if not ended(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []
