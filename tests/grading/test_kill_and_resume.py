"""A run that is stopped in whatever way goes on where it was: no mark is lost or made twice."""

from __future__ import annotations

import contextlib
import functools
import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from attention_course.exercises.asking import apart
from attention_course.grading import versions
from attention_course.grading.store import NAME, Store
from grading import corpus, runs
from grading.runs import grade, marks, results, started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stops processes as Linux does")

STUDENTS = 20
SEED = 1409
ANSWERS = runs.answers(STUDENTS)


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the class handed in."""
    return runs.hand_in(tmp_path_factory.mktemp("class"), STUDENTS)


@pytest.fixture(scope="module")
def undisturbed(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The marks of a run that nobody stops."""
    return runs.undisturbed(submissions, tmp_path_factory.mktemp("undisturbed"), SEED)


def kept(out: Path) -> int:
    """How many marks the store holds."""
    with contextlib.closing(sqlite3.connect(out / NAME)) as store:
        (count,) = store.execute("SELECT count(*) FROM marks").fetchone()
        (different,) = store.execute("SELECT count(DISTINCT key) FROM marks").fetchone()
    assert count == different
    return int(count)


def assert_goes_on(submissions: Path, out: Path, before: int, expected: dict[str, Any]) -> None:
    """The same command again makes the marks that are missing, and those alone."""
    assert 0 < before < ANSWERS
    result = grade(submissions, out, "--seed", str(SEED))
    assert result.exit_code == 0, result.output
    assert results(out)["from_store"] == before
    assert kept(out) == ANSWERS
    assert marks(out) == expected


# --- stopped ----------------------------------------------------------------------------------


def test_stopped_again_and_again(
    submissions: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    moments, before = random.Random(), 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        pages = moments.randint(5, 30)
        # the seed is given once: a run that goes on has it from the store
        seed = () if before else ("--seed", str(SEED))
        with started(submissions, tmp_path, *seed) as process:
            runs.wait_for_pages(process, tmp_path, pages)
            process.send_signal(number)
            said, _ = process.communicate(timeout=30)
        now = kept(tmp_path)
        assert before < now < ANSWERS, f"stopped after {pages} pages"
        before = now
        assert "Traceback" not in said, said
        if number == signal.SIGINT:
            assert process.returncode == 130
            told = re.search(rf"stopped: (\d+) of {ANSWERS} answers are marked and kept", said)
            assert told, said
            assert now - 1 <= int(told[1]) <= now  # one may have been kept and not yet counted
        else:
            assert process.returncode == -number
    assert_goes_on(submissions, tmp_path, before, undisturbed)


def test_stopped_by_hand_before_it_begins(submissions: Path, tmp_path: Path) -> None:
    with started(submissions, tmp_path) as process:
        assert process.stdout is not None
        assert f"submissions: {STUDENTS}" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "stopped"


def test_the_parts_are_killed_and_the_run_goes_on(
    submissions: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    with started(submissions, tmp_path, "--seed", str(SEED)) as process:
        for pages in (10, 40):
            runs.wait_for_pages(process, tmp_path, pages)
            for part in psutil.Process(process.pid).children():
                part.kill()
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert marks(tmp_path) == undisturbed


# --- a full disk ------------------------------------------------------------------------------


@dataclass(frozen=True)
class SmallDisk:
    """A folder in which little can be written, until it is relieved."""

    folder: Path
    prepare: Callable[[], None] | None
    relieve: Callable[[], object]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small file system where one may be mounted, else a limit on what a file may hold."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        most = 40 * runs.PAGE
        limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))
        yield SmallDisk(folder, limit, lambda: None)
        return
    larger = ["mount", "-o", "remount,size=100m", str(folder)]
    try:
        yield SmallDisk(folder, None, functools.partial(subprocess.run, larger, check=True))
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(submissions: Path, undisturbed: dict[str, Any], small_disk: SmallDisk) -> None:
    out = small_disk.folder
    with started(submissions, out, "--seed", str(SEED), prepare=small_disk.prepare) as process:
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1, said
    assert "Traceback" not in said
    *_, last = said.strip().splitlines()
    assert NAME in last, said
    assert "what was marked before is kept" in last, said
    small_disk.relieve()
    assert_goes_on(submissions, out, kept(out), undisturbed)


# --- two at once, and again -------------------------------------------------------------------


def test_two_runs_into_one_folder(
    submissions: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    with Store(tmp_path):  # as a run holds it from its first mark to its last
        second = grade(submissions, tmp_path, "--seed", str(SEED))
    assert second.exit_code == 1
    *_, last = second.output.strip().splitlines()
    assert "another run writes to this folder" in last
    assert grade(submissions, tmp_path, "--seed", str(SEED)).exit_code == 0
    assert marks(tmp_path) == undisturbed


def test_only_what_changed_is_marked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = tmp_path / "class", tmp_path / "results"
    runs.hand_in(folder, 3)

    def run() -> tuple[int, dict[str, Any]]:
        result = grade(folder, out)
        assert result.exit_code == 0, result.output
        found = results(out)
        seeds = {
            (submission["student"], mark["question"]): mark["seed"]
            for submission in found["submissions"]
            for mark in submission["marks"]
            if mark["seed"] is not None  # nothing is drawn for what was left as it is
        }
        return found["from_store"], seeds

    everything = runs.answers(3)
    count, first = run()
    assert count == 0

    count, again = run()
    assert (count, again) == (everything, first)

    changed = runs.own_notebook(1)
    corpus.answer_cell(changed, "bahdanau", "shapes")["source"] += "# another line\n"
    corpus.hand_in(folder, "student-01", changed)
    count, third = run()
    assert count == everything - 1
    others = {key for key in first if third[key] != first[key]}
    assert others == {("student-01", "bahdanau.shapes")}  # with a fresh seed

    monkeypatch.setattr(versions, "of", lambda exercise: "another version")
    count, fourth = run()
    assert count == 0
    assert not set(fourth.values()) & set(first.values())


def test_what_is_judged_in_a_lane_does_not_silence_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    inside, said = threading.Event(), threading.Event()

    def judge() -> None:
        with apart(0):
            inside.set()
            said.wait(10)

    lane = threading.Thread(target=judge)
    lane.start()
    inside.wait(10)
    print("stopped", file=sys.stderr)
    said.set()
    lane.join()
    assert capsys.readouterr().err == "stopped\n"
