"""Answers that speak out of turn, and what is left of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import torch
from attention_course.exercises.asking import Returned
from attention_course.grading.isolation import Ended, Job, Limits, Ran, Warm, conversation
from attention_course.grading.isolation.channel import Channel
from grading import watching

LIMITS = Limits(wall=5, cpu=3)

if sys.platform != "linux":
    pytest.skip("needs Linux", allow_module_level=True)


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm([], lanes=4) as warm:
        yield warm


def job(source: str, runs: int = 2, setup: str = "import torch") -> Job:
    inputs = [{"x": torch.arange(3.0) + run} for run in range(runs)]
    how = "attention_course.exercises.asking:call"
    return Job((setup,), textwrap.dedent(source), "f", how, (), inputs)


HONEST = job("def f(x):\n    return 2 * x")

# the descriptor on which an answer's process is spoken to
FIND = """
import os, stat, socket, time
def sockets():
    found = []
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                found.append(number)
        except OSError:
            pass
    return found
"""


def ask(warm: Warm, source: str, limits: Limits = LIMITS) -> Ran:
    return warm.ask(job(source, setup=FIND), limits)


def test_it_has_one_socket_and_nothing_else(warm: Warm) -> None:
    found = ask(warm, "def f(x):\n    return sockets(), len(os.listdir('/proc/self/fd'))")
    (only, others) = found.outcomes[0].value
    assert len(only) == 1
    assert others <= 5  # 0, 1, 2, the socket, and the folder itself


@pytest.mark.parametrize(
    ("body", "ended"),
    [
        ("os.write(sockets()[0], b'nonsense' * 100)", Ended.DIED),
        ("os.write(sockets()[0], b'ATC1' + b'\\xff' * 12)", Ended.DIED),
        ("os.close(sockets()[0])", Ended.DIED),
        ("os.write(sockets()[0], b'ATC1' + bytes(3) + b'\\x40')\ntime.sleep(60)", Ended.TIMED_OUT),
        ("while True: os.write(sockets()[0], b'ATC1' * 100000)", Ended.DIED),
        ("time.sleep(60)", Ended.TIMED_OUT),
    ],
    ids=["nonsense", "a huge frame", "hanging up", "half a frame", "a flood", "silence"],
)
@pytest.mark.parametrize("when", ["before", "during"])
def test_whatever_it_sends_it_harms_itself_alone(
    warm: Warm, body: str, ended: Ended, when: str
) -> None:
    if when == "during":
        body = "def f(x):\n" + textwrap.indent(body, "    ")
    found = ask(warm, body, Limits(loading=0.4, wall=1, cpu=1))
    assert found.ended is ended, found
    assert found.outcomes == ()
    assert found.seconds < 4
    assert warm.ask(HONEST, LIMITS).ended is Ended.FINISHED


def test_an_outcome_that_nobody_asked_for_is_no_outcome(warm: Warm) -> None:
    source = """
        from attention_course.grading.isolation import frames
        frame = frames.encode({"run": "0" * 16, "returned": torch.ones(3), "changed": []})
        os.write(sockets()[0], frame * 3)
    """
    found = ask(warm, "import torch\n" + textwrap.dedent(source))
    assert found.ended is Ended.DIED
    assert found.outcomes == ()
    assert "nobody asked for" in found.detail


def test_an_answer_too_large_to_send_is_told_so(warm: Warm) -> None:
    found = warm.ask(job("def f(x):\n    return torch.ones(1 << 20)"), Limits(frame=1 << 20))
    assert found.ended is Ended.FINISHED
    assert "cannot be sent" in found.outcomes[0].message
    fits = warm.ask(job("def f(x):\n    return torch.ones(1 << 20)"), Limits(frame=5 << 20))
    assert isinstance(fits.outcomes[0], Returned)


def test_outcomes_before_the_end_are_kept(warm: Warm) -> None:
    found = warm.ask(job("import os\ndef f(x):\n    return x if x[0] < 1 else os._exit(3)"), LIMITS)
    assert len(found.outcomes) == 1
    assert found.ended is Ended.DIED
    assert "status 3" in found.detail


def test_a_source_that_is_no_source(warm: Warm) -> None:
    for source in ("def f(", "\0", "\ud800 = 1", "x" * 100_000, "(" * 10_000):
        found = warm.ask(job(source), LIMITS)
        assert found.ended is Ended.FINISHED, source[:20]
        assert all(not isinstance(outcome, Returned) for outcome in found.outcomes)
    large = warm.ask(job("#" * (9 << 20)), LIMITS)
    assert large.ended is Ended.DIED
    assert "cannot be sent" in large.detail


def test_what_lies_about_itself_is_taken_at_its_name(warm: Warm) -> None:
    source = """
        class Meta(type):
            __name__ = property(lambda cls: 5)
        class Odd(Exception, metaclass=type):
            def __str__(self):
                raise RuntimeError
        class Name(str):
            pass
        def f(x):
            raise Odd
    """
    found = warm.ask(job(source), LIMITS)
    assert found.ended is Ended.FINISHED
    assert found.outcomes[0].type_name == "Odd"


def test_printing_a_gigabyte_costs_no_memory(warm: Warm) -> None:
    source = """
        line = "x" * (1 << 20)
        for _ in range(500):
            print(line)
        def f(x):
            for _ in range(500):
                print(line)
            return 1
    """
    found = warm.ask(job(source, runs=1), Limits(wall=20, cpu=10, memory=64 << 20))
    assert found.ended is Ended.FINISHED, found
    assert found.outcomes[0].value == 1


ALONE = """
import socket, sys
from attention_course.grading.isolation import child
from attention_course.grading.isolation.channel import Channel
child.serve(Channel(socket.socket(fileno=int(sys.argv[1]))))
"""


def test_it_ends_by_itself_when_nothing_more_is_asked() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-c", ALONE, str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
    said = conversation.converse(Channel(ours), HONEST, LIMITS, lambda: None)
    ours.close()
    assert (len(said.outcomes), said.broke) == (2, "")
    assert process.wait(20) == 0


# --- what is left -----------------------------------------------------------------------------


def started(warm: Warm) -> list[psutil.Process]:
    """The warm process and all that came of it."""
    root = psutil.Process(warm._runner._process.pid)
    return [root, *root.children(recursive=True)]


def alone(warm: Warm) -> bool:
    """Whether within seconds nothing is left but the warm process and what began it."""
    deadline = time.monotonic() + 5
    while len(started(warm)) > 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(started(warm)) == 2


def test_threads_and_processes_left_behind_are_gone(warm: Warm) -> None:
    source = """
        import os, threading, time
        threading.Thread(target=time.sleep, args=(600,)).start()
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        def f(x):
            try:
                if os.fork() == 0:
                    os.setsid()
                    time.sleep(600)
            except PermissionError:
                pass
            return 1
    """
    assert warm.ask(job(source), LIMITS).ended is Ended.FINISHED
    assert alone(warm)


BOMB = """
import os, time
def f(x):
    own, count = os.getpid(), 0
    for _ in range(200):
        try:
            if os.fork() == 0:
                if os.fork() == 0:
                    os.setsid()
                time.sleep(600)
            count += 1
        except OSError:
            if os.getpid() != own:
                time.sleep(600)
    time.sleep(0.5)
    return count
"""


@pytest.mark.parametrize("layers", [["seccomp"], ["seccomp", "pid"]], ids=" ".join)
def test_even_where_processes_can_be_started_none_is_left(layers: list[str]) -> None:
    from attention_course.grading.isolation import IsolationError, forked

    class Fewer(forked.Forked):
        def __init__(self, preload: list[str], lanes: int) -> None:
            super().__init__(preload, lanes, without=layers)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forked, "Forked", Fewer)
        try:
            fewer = Warm([], lanes=1)
        except IsolationError as error:
            pytest.skip(str(error))
    with fewer:
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(fewer.ask, job(BOMB, runs=1), Limits(wall=10, tasks=16))
            seen: set[psutil.Process] = set()
            while not asked.done():
                seen |= {process for process in started(fewer) if process.is_running()}
        found = asked.result()
        assert found.ended is Ended.FINISHED, found
        assert found.outcomes[0].value > 0, "it could start none"
        assert len(seen) > 4
        assert alone(fewer)
        assert len(psutil.wait_procs(seen, timeout=5)[1]) == 2


def test_nothing_is_left_after_the_end() -> None:
    with Warm([], lanes=2) as warm:
        family = started(warm)
        thread = threading.Thread(
            target=warm.ask, args=(job("import time\ntime.sleep(60)"), Limits(wall=60))
        )
        thread.start()
        family += watching.with_an_answer(warm._runner._process.pid)
        assert len(set(family)) >= 4
    thread.join(20)
    assert not thread.is_alive()
    gone, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert len(gone) >= 4


PROGRAM = """
import signal, sys, threading, time
from attention_course.grading.isolation import Job, Limits, Warm

how = "attention_course.exercises.asking:call"
def job(source):
    return Job((), source, "f", how, (), [{}])

# what a shell starts in the background ignores Ctrl-C, and so do the tests there and this
signal.signal(signal.SIGINT, signal.default_int_handler)
warm = Warm([], lanes=2)
sleeper = job("import time\\ndef f():\\n    time.sleep(60)")
threading.Thread(target=warm.ask, args=(sleeper, Limits(wall=600)), daemon=True).start()
try:
    print(warm._runner._process.pid, warm._runner._folder, flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    print(warm.ask(job("def f():\\n    return 1"), Limits()).ended.value, flush=True)
    print(warm._runner._process.pid, warm._runner._folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def marking() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    yield process
    process.kill()
    process.wait()


def test_nothing_is_left_of_a_marking_that_was_killed(marking: subprocess.Popen[str]) -> None:
    assert marking.stdout is not None
    pid, folder = marking.stdout.readline().split()
    family = watching.with_an_answer(int(pid))
    assert Path(folder).is_dir()
    marking.kill()
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert not Path(folder).exists()


def test_ctrl_c_is_for_the_marking_alone(marking: subprocess.Popen[str]) -> None:
    assert marking.stdout is not None
    process_and_folder = marking.stdout.readline()
    watching.with_an_answer(int(process_and_folder.split()[0]))
    os.killpg(marking.pid, signal.SIGINT)
    assert marking.stdout.readline() == "finished\n"
    assert marking.stdout.readline() == process_and_folder  # the warm process did not even notice


def test_a_warm_process_that_is_killed_comes_back(warm: Warm) -> None:
    waiting = job("import time\ndef f(x):\n    time.sleep(0.7)\n    return 1")
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(warm.ask, waiting, Limits(wall=20)) for _ in range(3)]
        time.sleep(0.4)
        family = started(warm)
        warm._runner._process.kill()
        ran = [future.result() for future in asked]
    assert not psutil.wait_procs(family, timeout=5)[1]
    assert [one.ended for one in ran] == [Ended.FINISHED] * 3
    assert warm.ask(HONEST, LIMITS).ended is Ended.FINISHED


def test_an_answer_that_takes_it_along_each_time_harms_itself_alone(
    warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it had found a way: whenever it runs, the warm process dies."""
    run = warm._runner.run

    def treacherous(asked: Job, limits: Limits, slot: int) -> object:
        if "treacherous" in asked.source:
            threading.Timer(0.3, warm._runner._process.kill).start()
        return run(asked, limits, slot)

    monkeypatch.setattr(warm._runner, "run", treacherous)
    bad = job("# treacherous\nimport time\ntime.sleep(5)")
    good = job("import time\ndef f(x):\n    time.sleep(0.4)\n    return 1")
    with ThreadPoolExecutor(4) as pool:
        wicked = pool.submit(warm.ask, bad, Limits(wall=20))
        honest = [pool.submit(warm.ask, good, Limits(wall=20)) for _ in range(6)]
        assert wicked.result().ended is Ended.DIED
        assert "with it, twice" in wicked.result().detail
        assert [one.result().ended for one in honest] == [Ended.FINISHED] * 6


# --- many --------------------------------------------------------------------------------------


def test_two_hundred_questions_leave_nothing_and_take_little(
    warm: Warm, record_property: pytest.RecordProperty, capsys: pytest.CaptureFixture[str]
) -> None:
    def held() -> tuple[int, int, int]:
        inner = psutil.Process(warm._runner._process.pid).children()[0]
        own = psutil.Process()
        hidden = os.geteuid() != 0  # nobody but root may look into it
        return own.num_fds(), 0 if hidden else inner.num_fds(), inner.memory_info().rss

    for _ in range(5):
        warm.ask(HONEST, LIMITS)
    before, memory = held(), psutil.Process().memory_info().rss
    seconds = []
    for _ in range(200):
        found = warm.ask(HONEST, LIMITS)
        assert found.ended is Ended.FINISHED
        seconds.append(found.seconds)
    after = held()
    # not more than before: one that awaited the collector of garbage may be gone by now
    assert after[0] <= before[0]
    assert after[1] <= before[1]
    assert after[2] - before[2] < 2e6
    assert psutil.Process().memory_info().rss - memory < 20e6
    middle = sorted(seconds)[100]
    record_property("a trivial question", f"{1e3 * middle:.1f} ms")
    with capsys.disabled():
        print(f" [a trivial question: {1e3 * middle:.1f} ms] ", end="")
    assert middle < 0.25


def test_questions_from_many_threads_keep_apart(warm: Warm) -> None:
    def one(number: int) -> float:
        inputs = [{"x": torch.tensor(float(number))}]
        how = "attention_course.exercises.asking:call"
        asked = Job(("import torch",), "def f(x):\n    return x + 1", "f", how, (), inputs)
        return warm.ask(asked, LIMITS).outcomes[0].value.item()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(40))) == [number + 1.0 for number in range(40)]


def test_folders_are_removed() -> None:
    with Warm([], lanes=1) as warm:
        folder = Path(warm._runner._folder)
        assert folder.exists()
    assert not folder.exists()
