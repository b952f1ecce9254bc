"""Plants known bugs in copies of the package, one at a time, and shows that a test fails on each.

    python tools/mutants.py                 every bug (make mutants)
    python tools/mutants.py padding beam    those whose name or file holds one of these words
    python tools/mutants.py --list          what there is, without running anything

Each bug of `planted_bugs.BUGS` replaces a text that stands exactly once in its file. The tests
named beside it run against the changed copy and must fail. The same tests run first on an unchanged
copy and must pass, else a failure would prove nothing.

The exit status is 0 if every bug was caught, 1 if one survived, 2 if the run itself is at fault: a
text not found once, tests that fail without a bug, or a bug that keeps the tests from being loaded.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from planted_bugs import BUGS, Bug

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "attention_course"
SOURCE = ROOT / "code" / PACKAGE
SECONDS = 60  # for one bug's tests; one that loops is caught by this
AT_ONCE = 2

CAUGHT, SURVIVED, BROKEN = "caught", "SURVIVED", "BROKEN"


@dataclass(frozen=True)
class Result:
    """What became of one bug: a verdict, the test that failed or what went wrong, the time."""

    verdict: str
    detail: str
    seconds: float
    output: str = ""


def misplaced(bug: Bug, source: Path = SOURCE) -> str:
    """Why a bug cannot be planted, or an empty string."""
    path = source / bug.file
    if not path.is_file():
        return f"there is no file {path}"
    count = path.read_text(encoding="utf-8").count(bug.old)
    if count != 1:
        return f"its text stands {count} times in {bug.file}, expected once"
    if bug.old == bug.new:
        return "its two texts are the same"
    if not bug.tests:
        return "it names no test"
    absent = [test for test in bug.tests if not _is_there(test)]
    return f"there is no test {absent[0]}" if absent else ""


def _is_there(test: str) -> bool:
    """Whether a file of tests, or a test in one, exists; which parameters it has, is not seen."""
    file, _, name = test.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    return f"def {name.split('[')[0]}(" in path.read_text(encoding="utf-8") if name else True


def copy_with(bug: Bug | None, folder: Path, source: Path = SOURCE) -> None:
    """Copies the package into a folder, and the bug into the copy."""
    shutil.copytree(source, folder / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    if bug is not None:
        path = folder / PACKAGE / bug.file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(bug.old, bug.new), encoding="utf-8")


def run_tests(folder: Path, tests: Sequence[str]) -> int:
    """Runs tests in a process of their own, forked, on the copy in the folder; its process id.

    Forked, so that torch, which takes longer to load than most tests to run, is loaded once.
    """
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 99
    try:
        os.setsid()  # a group of its own, so that all of it can be ended
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(ROOT)
        sys.path.insert(0, str(folder))
        os.environ["PYTHONPATH"] = str(folder)  # for tests that start Python themselves

        import pytest

        package = __import__(PACKAGE)
        if not str(package.__file__).startswith(str(folder)):
            print(f"{PACKAGE} was taken from {package.__file__}, not from the copy")
        else:
            arguments = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-W", "ignore"]
            status = int(pytest.main([*arguments, *tests]))
    finally:
        sys.stdout.flush()
        os._exit(status)


def preload() -> None:
    """Loads what all tests need, and the package not at all: that is each copy's own."""
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["CI"] = ""  # no test may insist on a browser here
    sys.dont_write_bytecode = True
    import matplotlib.pyplot
    import pytest
    import sacrebleu
    import torch
    from hypothesis import Phase, settings

    del matplotlib, pytest, sacrebleu, torch
    # Any failing example will do, so none is made simpler, and none kept for the real tests. The
    # examples are the same in every run, and so is what is caught.
    phases = [Phase.explicit, Phase.generate]
    settings.register_profile("mutants", phases=phases, database=None, derandomize=True)
    settings.load_profile("mutants")
    assert PACKAGE not in sys.modules


def verdict(code: int | None, output: str, seconds: float) -> Result:
    """Reads an exit status of pytest (None: ended for taking too long) and what it printed."""
    if code is None:
        return Result(CAUGHT, f"did not end within {SECONDS} s", seconds, output)
    if code == 0:
        return Result(SURVIVED, "all its tests pass", seconds, output)
    if code == 1:
        lines = [line for line in output.splitlines() if line.startswith("FAILED ")]
        failed = [line.removeprefix("FAILED ").split(" - ")[0] for line in lines]
        return Result(CAUGHT, failed[0] if failed else "a test failed", seconds, output)
    return Result(BROKEN, f"the tests could not run (pytest ended with {code})", seconds, output)


@dataclass
class _Running:
    bug: Bug | None
    folder: Path
    since: float


def run_all(bugs: Sequence[Bug | None]) -> Iterator[tuple[Bug | None, Result]]:
    """The results, as they come; None stands for the unchanged package and all tests."""
    named = {test for bug in bugs if bug is not None for test in bug.tests}
    every_test = sorted(test for test in named if not {test.split("::")[0]} < {*named} - {test})
    waiting, running = list(bugs), dict[int, _Running]()
    preload()
    with tempfile.TemporaryDirectory() as name:
        try:
            while waiting or running:
                while waiting and len(running) < AT_ONCE:
                    bug = waiting.pop(0)
                    folder = Path(name) / str(len(waiting))
                    copy_with(bug, folder)
                    pid = run_tests(folder, every_test if bug is None else bug.tests)
                    running[pid] = _Running(bug, folder, time.monotonic())
                time.sleep(0.02)
                for pid, job in list(running.items()):
                    seconds = time.monotonic() - job.since
                    ended, status = os.waitpid(pid, os.WNOHANG)
                    code: int | None = os.waitstatus_to_exitcode(status) if ended else None
                    if not ended:
                        if seconds < SECONDS * (1 if job.bug else 10):
                            continue
                        _end(pid)
                    del running[pid]
                    output = (job.folder / "output").read_text(encoding="utf-8", errors="replace")
                    shutil.rmtree(job.folder)
                    yield job.bug, verdict(code, output, seconds)
        finally:
            for pid in running:
                _end(pid)


def _end(pid: int) -> None:
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Plant known bugs and see each of them caught.")
    parser.add_argument("words", nargs="*", help="only bugs whose name or file holds one of these")
    parser.add_argument("--list", action="store_true", help="list the bugs and stop")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what the tests printed")
    chosen = parser.parse_args(arguments)
    bugs = [
        bug
        for bug in BUGS
        if not chosen.words or any(word in f"{bug.name} {bug.file}" for word in chosen.words)
    ]
    if not bugs:
        print(f"no bug's name or file holds {' or '.join(chosen.words)}; see --list")
        return 2
    if chosen.list:
        for bug in bugs:
            print(f"{bug.file:32} {bug.name}")
        return 0
    wrong = [f"{bug.name}: {reason}" for bug in bugs if (reason := misplaced(bug))]
    if wrong:
        print("these bugs cannot be planted:", *wrong, sep="\n  ")
        return 2

    begin, counts = time.monotonic(), {CAUGHT: 0, SURVIVED: 0, BROKEN: 0}
    for bug, result in run_all([None, *bugs]):
        if bug is None:
            if result.verdict != SURVIVED:
                print(f"the tests fail without any bug: {result.detail}\n{result.output}")
                return 2
            print(f"without a bug all these tests pass ({result.seconds:.0f} s)", flush=True)
            continue
        counts[result.verdict] += 1
        print(f"{result.verdict:8} {bug.file}: {bug.name}", flush=True)
        print(f"         {result.detail} ({result.seconds:.1f} s)", flush=True)
        if chosen.verbose or result.verdict == BROKEN:
            print(result.output)
    print(
        f"{counts[CAUGHT]} of {len(bugs)} bugs caught, {counts[SURVIVED]} survived, "
        f"{counts[BROKEN]} broken, in {time.monotonic() - begin:.0f} s"
    )
    return 2 if counts[BROKEN] else 1 if counts[SURVIVED] else 0


if __name__ == "__main__":
    sys.exit(main())
