"""What `attention-course grade` says, and what it finds before it marks."""

from __future__ import annotations

import json
import os
import select
import sys
from pathlib import Path

import pytest
from attention_course.cli import main
from attention_course.grading import lanes
from click.testing import CliRunner, Result
from grading import corpus
from grading.runs import results


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    for student in ("anna", "ben"):
        corpus.hand_in(folder, student, corpus.notebook())
    return folder


def grade(submissions: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["grade", str(submissions), "--out", str(out), *options])


def test_protections_are_told_of_a_run_that_runs_answers(submissions: Path, tmp_path: Path) -> None:
    out = tmp_path / "marks"
    first = grade(submissions, out)
    names = [protection["name"] for protection in results(out)["protections"]]
    assert "memory limit" in names
    told = [line[2:].partition(":")[0] for line in first.stderr.splitlines() if line[:2] in "+ - "]
    assert told == names

    again = grade(submissions, out)
    assert again.exit_code == 0, again.output
    assert "memory limit" not in again.stderr
    assert results(out)["protections"] == []
    assert "no answer was run" in (out / "index.html").read_text(encoding="utf-8")


def test_a_seed_that_nothing_was_drawn_from_is_not_named(submissions: Path, tmp_path: Path) -> None:
    out = tmp_path / "marks"
    first = grade(submissions, out, "--seed", "4")
    assert first.exit_code == 0, first.output
    assert "submissions: 2, students: 2, unreadable: 0" in first.stderr
    assert "earlier" not in first.output
    assert results(out)["seed"] == 4

    again = grade(submissions, out, "--seed", "5")
    different = results(out)["different"]
    assert f"{different} of {different} different answers keep the marks of earlier" in again.stderr
    assert "--again draws the inputs of all from seed 5" in again.stderr
    assert "all marks are from earlier runs, " in again.stdout
    assert "seed 5" not in again.stdout
    assert results(out)["seed"] is None

    anew = grade(submissions, out, "--seed", "5", "--again")
    assert "seed 5, " in anew.stdout
    assert "earlier" not in anew.output
    assert results(out)["seed"] == 5


@pytest.mark.parametrize("folder", ["a file/marks", "a file"])
def test_a_folder_that_cannot_be_written_to_is_told_first(
    folder: str, submissions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "Warm", None)  # it does not come to that
    (tmp_path / "a file").touch()
    result = grade(submissions, tmp_path / folder)
    assert result.exit_code == 2
    assert "--out" in result.output
    assert "a file" in result.output


def test_a_folder_that_may_not_be_written_to_is_told_first(submissions: Path) -> None:
    out = Path("/proc/self")  # where nobody may make a file, not even root
    result = grade(submissions, out)
    assert result.exit_code == 2
    assert f"--out is {out}, which cannot be written to: " in result.output


def modes(folder: Path) -> set[int]:
    """What others than the owner may do with a folder and all that is in it."""
    return {path.stat().st_mode & 0o077 for path in (folder, *folder.rglob("*"))}


@pytest.mark.skipif(os.name != "posix", reason="has no such modes")
def test_others_cannot_read_marks_unless_the_folder_was_open_to_them(
    submissions: Path, tmp_path: Path
) -> None:
    before = os.umask(0o022)
    try:
        out = tmp_path / "new" / "marks"
        first = grade(submissions, out)
        assert first.exit_code == 0, first.output
        assert "is open to others" not in first.output
        assert (out / "feedback" / "anna" / "bahdanau.html").exists()
        assert modes(out) == {0}
        assert out.parent.stat().st_mode & 0o077 == 0o055

        (out / "index.html").unlink()
        grade(submissions, out)
        assert modes(out) == {0}

        shared = tmp_path / "a shared folder"
        shared.mkdir()
        told = grade(submissions, shared)
        assert told.exit_code == 0, told.output
        assert f"{shared} is open to others (drwxr-xr-x)" in told.stderr
        assert f"to close it: chmod go= '{shared}'" in told.stderr
        assert modes(shared) == {0o055, 0o044}
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such terminals")
def test_the_bar_is_seen_on_a_terminal_that_says_it_has_no_width(
    submissions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, its = os.openpty()  # of width 0
    with open(its, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with pytest.raises(SystemExit) as ended:
            main(["grade", str(submissions), "--out", str(tmp_path / "marks")])
        shown = b""
        while select.select([ours], [], [], 0)[0]:
            shown += os.read(ours, 4096)
    os.close(ours)
    assert ended.value.code == 0
    bars = [
        line for line in shown.decode().replace("\r", "\n").splitlines() if " answers/s" in line
    ]
    assert bars
    assert max(map(len, bars)) == 80


@pytest.mark.skipif(sys.platform == "win32", reason="has no such names")
def test_a_name_does_not_command_the_terminal(submissions: Path, tmp_path: Path) -> None:
    wicked = submissions / "\x1b[2J\x9b1m\r\nseed 1, 0.0 s"
    wicked.mkdir()
    (wicked / "02-bahdanau.ipynb").write_text("{", encoding="utf-8")
    result = grade(submissions, tmp_path / "marks")
    assert result.exit_code == 3
    (line,) = (line for line in result.stdout.splitlines() if "not marked" in line)
    assert line.startswith("not marked: ␛[2J�1m seed 1, 0.0 s: ")
    assert not set("\x1b\x9b\r") & set(result.stdout)
    (row,) = json.loads(grade(submissions, tmp_path / "marks", "--json").stdout)["not_marked"]
    assert row["student"] == wicked.name
