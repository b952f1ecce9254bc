"""The bench measures what it says, and says whether a bound holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import bench
import psutil
import pytest
import torch
from attention_course.exercises import registry
from benchmarks import attention, checks, cost, handed_in, marking, models, nbgrader_course
from benchmarks.cost import Cost
from benchmarks.handed_in import EXERCISE
from benchmarks.marking import Sizes
from benchmarks.peak import peak
from benchmarks.table import Line

CPU = torch.device("cpu")


# models


def test_a_ratio_is_the_first_over_the_second() -> None:
    found = models.ratios(lambda: time.sleep(0.05), lambda: time.sleep(0.005), 3, CPU)
    assert len(found) == 3
    assert sorted(found)[1] > 1.5


def test_the_two_are_measured_in_turn_and_each_goes_first_in_turn() -> None:
    calls: list[str] = []
    models.ratios(lambda: calls.append("a"), lambda: calls.append("b"), 3, CPU)
    assert "".join(calls) == "aabb" + "ab" + "ba" + "ab"  # the first four are not counted


def test_every_case_runs_and_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(models, "BATCH", 2)
    monkeypatch.setattr(models, "LENGTH", 3)
    monkeypatch.setattr(sys, "argv", ["bench.py", "models", "--repetitions", "1"])
    bench.main()
    lines = capsys.readouterr().out.splitlines()
    rows = [line for line in lines if re.search(r" : .*( +\d+\.\d\d){3}$", line)]
    assert len(rows) >= 9
    assert lines[0].split()[-3:] == ["min", "median", "max"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--repetitions", "0"], "--repetitions is 0, expected at least 1"),
        (["model"], "PART is 'model', expected one of models, attention, checks, questions, class"),
    ],
)
def test_a_wrong_call_is_an_error(
    arguments: list[str],
    error: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        bench.main()
    assert ended.value.code == 2
    assert error in capsys.readouterr().err


def test_attention_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = attention.Sizes(batch=2, length=4, d=64, heads=2, d_ff=8, layers=1)
    monkeypatch.setattr(attention, "SIZES", {"cpu": tiny, "cuda": tiny})
    monkeypatch.setattr(attention, "PREFIXES", (2, 5))
    monkeypatch.setattr(sys, "argv", ["bench.py", "attention", "--repetitions", "1"])
    bench.main()
    lines = capsys.readouterr().out.splitlines()
    assert sum("at most 1.1" in line for line in lines) == 3
    assert sum(" : " in line for line in lines) == 10
    assert any(re.search("2048 : 1024 words .* at most 2.2: holds", line) for line in lines)


def test_a_peak_is_what_was_there_at_once() -> None:
    """Three times 4 MB one after the other are 4 MB, and 8 MB while two are held."""

    def one_by_one() -> None:
        for _ in range(3):
            torch.zeros(1_000_000)

    def two() -> None:
        held = torch.zeros(1_000_000)
        torch.zeros(1_000_000)
        del held

    assert peak(one_by_one, CPU) == pytest.approx(4e6, rel=0.01)
    assert peak(two, CPU) == pytest.approx(8e6, rel=0.01)


# bounds


@pytest.mark.parametrize(
    ("line", "ending"),
    [
        (Line("a", 61, "ms", most=60), "61 ms   at most 60: DOES NOT HOLD"),
        (Line("a", 60, "ms", most=60), "60 ms   at most 60: holds"),
        (Line("a : b", 24.9, least=25), "25      at least 25: DOES NOT HOLD"),
        (Line("a : b", 25, least=25), "25      at least 25: holds"),
        (Line("a : b", 2.345), "2.35"),
    ],
)
def test_a_line_says_whether_its_bound_holds(line: Line, ending: str) -> None:
    assert str(line).endswith(ending)


# what a command costs


def test_a_commands_memory_is_that_of_all_it_starts(tmp_path: Path) -> None:
    """Two children with 60 MB each, and a parent that waits for them."""
    hold = "import time; held = bytearray(60_000_000); time.sleep(3)"
    start = f"""
import subprocess, sys
children = [subprocess.Popen([sys.executable, '-c', {hold!r}]) for _ in range(2)]
print(sum(child.wait() for child in children))
"""
    took = cost.of([sys.executable, "-c", start], cwd=tmp_path)
    assert took.printed == "0\n"
    assert 3 < took.seconds < 30
    assert 120e6 < took.peak < 300e6


@pytest.mark.parametrize(("gathered", "later"), [(0, 60e6), (100_000_000, 160e6)])
def test_a_moments_peak_is_no_growth_and_what_stays_is(
    gathered: int, later: float, tmp_path: Path
) -> None:
    """40 MB are held all the time, 200 MB for a moment late, and some are gathered on the way."""
    script = f"""
import time
held = bytearray(40_000_000)
time.sleep(1)
kept = bytearray({gathered})
time.sleep(1.5)
moment = bytearray(200_000_000)
time.sleep(0.5)
del moment
time.sleep(1)
"""
    took = cost.of([sys.executable, "-c", script], cwd=tmp_path)
    assert took.peak > 240e6 + gathered
    assert took.later == pytest.approx(later, abs=20e6)


def test_what_processes_share_is_counted_once() -> None:
    """A child that was forked holds what its parent holds, once."""
    if not hasattr(os, "fork") or not hasattr(psutil.Process().memory_full_info(), "pss"):
        pytest.skip("needs fork and proportional shares, as on Linux")
    script = """
import os, sys
held = b"x" * 80_000_000
if os.fork() == 0:
    sys.stdin.read()
    os._exit(0)
print("there", flush=True)
sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    assert 80e6 < cost.memory(process.pid) < 140e6
    process.communicate()


def test_a_command_that_fails_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)ended with status 3:\nno such luck"):
        cost.of(
            [
                sys.executable,
                "-c",
                "import sys; print('no such luck', file=sys.stderr); sys.exit(3)",
            ],
            cwd=tmp_path,
        )


def test_two_cores_are_two() -> None:
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("this system cannot keep a process on some cores")
    before = os.sched_getaffinity(0)
    with cost.two_cores():
        assert len(os.sched_getaffinity(0)) == min(2, len(before))
    assert os.sched_getaffinity(0) == before


# submissions


def answers(notebook: dict) -> dict[str, str]:
    ids = {EXERCISE.grade_id(question) for question in EXERCISE.questions}
    return {c["id"]: "".join(c["source"]) for c in notebook["cells"] if c.get("id") in ids}


def test_different_submissions_share_no_answer(tmp_path: Path) -> None:
    folder = handed_in.hand_in(tmp_path, 3, handed_in.solved(), different=True)
    paths = sorted(folder.glob("*/02-bahdanau.ipynb"))
    assert len(paths) == 3
    sources = [answers(json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    assert all(len(set(cell)) == 3 for cell in zip(*(s.values() for s in sources), strict=True))


def test_equal_submissions_are_the_solved_notebook(tmp_path: Path) -> None:
    folder = handed_in.hand_in(tmp_path, 2, handed_in.solved(), different=False)
    for path in folder.glob("*/02-bahdanau.ipynb"):
        assert json.loads(path.read_text(encoding="utf-8")) == handed_in.solved()


def test_without_training_only_training_is_a_stub() -> None:
    full, quick = (
        answers(handed_in.solved()),
        answers(handed_in.without_training(handed_in.solved())),
    )
    assert {name for name in full if full[name] != quick[name]} == {"02-train"}
    assert "NotImplementedError" in quick["02-train"]


# a learner's check


def test_every_quick_question_is_measured() -> None:
    exercise = registry.exercise("encoder_decoder")
    found = checks.measured(exercise)
    names = {question.name for question in exercise.questions}
    assert set(found) == {"first", "right", "wrong"}
    for milliseconds in found.values():
        assert set(milliseconds) == names
        assert all(0 < value < 60_000 for value in milliseconds.values())


# a class


def test_marks_that_are_not_due_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that marks nothing would be quick."""
    printed = json.dumps({"exercises": {"bahdanau": {"submissions": 1, "mean": 55.0}}})
    monkeypatch.setattr(cost, "of", lambda *a, **k: Cost(1.0, 1, 1, printed))
    with pytest.raises(RuntimeError, match=r"found .*55\.0.*, expected .*90\.0"):
        marking.marked(tmp_path, 1, 90)


def test_a_class_is_marked_and_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the real grader, on few submissions and no training; nbgrader is not asked."""
    monkeypatch.setattr(nbgrader_course, "version", lambda: None)
    monkeypatch.setattr(marking, "solved", lambda: handed_in.without_training(handed_in.solved()))
    monkeypatch.setattr(marking, "FULL", marking.UNTRAINED)
    marking.report(Sizes(copies=2, trained=1, classes=(1, 3)))
    printed = capsys.readouterr().out
    assert "nbgrader is not installed: pip install -r requirements-bench.txt" in printed
    for label, unit in (("3 submissions, wall time", "s"), ("3 submissions, peak memory", "MB")):
        assert re.search(rf"{label}.* \d+(\.\d+)? {unit} .*: holds$", printed, re.MULTILINE)
    flat = re.escape(f"at most {marking.FLAT:g}")
    assert re.search(rf"that median, 3 : 1 submissions +[01]\.\d\d .*{flat}", printed)


def test_nbgraders_start_is_left_out(tmp_path: Path) -> None:
    """10 s to start and 4 s for each submission are 4 s for one more."""

    class Course:
        def autograde(self, submissions: Path) -> float:
            return 10.0 + 4.0 * len(list(submissions.iterdir()))

    folder = handed_in.hand_in(tmp_path / "class", 3, handed_in.solved(), different=False)
    assert marking.each(Course(), folder) == pytest.approx(4.0)  # type: ignore[arg-type]


def test_nbgrader_marks_them_all(tmp_path: Path) -> None:
    if nbgrader_course.version() is None:
        pytest.skip("nbgrader is not installed")
    quick = handed_in.without_training(handed_in.solved())
    submissions = handed_in.hand_in(tmp_path / "class", 1, quick, different=True)
    (tmp_path / "course").mkdir()
    course = nbgrader_course.Course(tmp_path / "course")
    assert course.autograde(submissions) > 0
