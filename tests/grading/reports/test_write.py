"""All reports of a run together: what is there, what a second run changes, how large it may be."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from attention_course.grading import reports
from attention_course.grading.marks import Reason
from attention_course.grading.reports import pages
from attention_course.grading.reports.roster import roster
from grading.reports import classes

# A class of 500 in a process of its own: CPU seconds, and by how many MiB memory grew.
LARGE = """
import resource, sys, time
from pathlib import Path
from grading.reports import classes
from attention_course.grading import reports
def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
run = classes.a_class(500)
before, begun = memory(), time.process_time()
reports.write(Path(sys.argv[1]), run)
print(time.process_time() - begun, memory() - before)
"""


def times(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_report_is_written(tmp_path: Path) -> None:
    paths = reports.write(tmp_path / "new", classes.every_reason())
    names = [path.relative_to(tmp_path / "new").as_posix() for path in paths]
    assert names[0] == "index.html"
    assert sorted(names[1:]) == [
        "feedback/Zoë-Ångström/bahdanau.html",
        "feedback/ada/bahdanau.html",
        "feedback/ada/encoder_decoder.html",
        "feedback/bo/bahdanau.html",
        "feedback/chen/encoder_decoder.html",
        "feedback/dora/unreadable.html",
        "grades.csv",
        "gradescope/Zoë-Ångström/results.json",
        "gradescope/ada/results.json",
        "gradescope/bo/results.json",
        "gradescope/chen/results.json",
        "gradescope/dora/results.json",
        "questions.csv",
        "results.json",
    ]
    assert all(path.stat().st_size for path in paths)


def test_the_same_run_again_touches_nothing(tmp_path: Path) -> None:
    first = reports.write(tmp_path, classes.every_reason())
    before = times(tmp_path)
    assert reports.write(tmp_path, classes.every_reason()) == first
    assert times(tmp_path) == before


def test_a_mark_that_changes_touches_its_own_pages(tmp_path: Path) -> None:
    run = classes.every_reason()
    reports.write(tmp_path, run)
    before = times(tmp_path)
    better = classes.marked("bo")
    marked = tuple(better if one.student == "bo" else one for one in run.marked)
    reports.write(tmp_path, replace(run, marked=marked))
    after = times(tmp_path)
    assert {name for name in after if after[name] != before.get(name)} == {
        ".reports.json",
        "feedback/bo/bahdanau.html",
        "gradescope/bo/results.json",
        "grades.csv",
        "index.html",
        "questions.csv",
        "results.json",
    }


def test_pages_go_with_their_students(tmp_path: Path) -> None:
    reports.write(tmp_path, classes.every_reason())
    (tmp_path / "store.sqlite").write_text("not a report")
    reports.write(tmp_path, classes.run(classes.marked("ada")))
    assert {name for name in times(tmp_path) if "/" in name or name.startswith("s")} == {
        "feedback/ada/bahdanau.html",
        "gradescope/ada/results.json",
        "store.sqlite",
    }


def test_without_jinja_it_says_what_to_install_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    pages.environment.cache_clear()
    try:
        with pytest.raises(ImportError, match=r"pip install 'attention-course\[grading\]'"):
            reports.write(tmp_path / "results", classes.every_reason())
    finally:
        pages.environment.cache_clear()
    assert not (tmp_path / "results").exists()


def test_a_full_disk_names_the_file_and_leaves_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports.write(tmp_path, classes.every_reason())
    before = {name: (tmp_path / name).read_bytes() for name in times(tmp_path)}
    left = iter(range(4))

    def full(descriptor: int) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    other = classes.run(classes.marked("ada", "bahdanau", [Reason.WRONG] * 8))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left on device") as raised:
            reports.write(tmp_path, other)
    assert Path(raised.value.filename).relative_to(tmp_path) == Path("gradescope/ada/results.json")
    now = {name: (tmp_path / name).read_bytes() for name in times(tmp_path)}
    assert now.keys() == before.keys(), "nothing is removed, nothing lies about"
    changed = {name for name in now if now[name] != before[name]}
    assert changed == {"results.json", "grades.csv", "questions.csv", "feedback/ada/bahdanau.html"}
    reports.write(tmp_path, other)
    assert not (tmp_path / "feedback/bo").exists()


@pytest.mark.xdist_group("a class of 500")
def test_a_class_of_500_takes_seconds_and_little_memory(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LARGE, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, grown = map(float, done.stdout.split())
    assert seconds < 15
    assert grown < 100
    assert len(list((tmp_path / "feedback").iterdir())) == 500


def test_what_speaks_of_others_is_for_the_instructor_alone(tmp_path: Path) -> None:
    said = "another student is called Anna Berg too"
    one = replace(classes.marked("Anna Berg (11)"), private=(said,))
    reports.write(tmp_path, classes.run(one))
    naming = {
        path.relative_to(tmp_path).as_posix()
        for path in tmp_path.rglob("*")
        if path.is_file() and said[1:] in path.read_text(encoding="utf-8")
    }
    assert naming == {"index.html", "results.json"}
    assert roster(classes.run(one)).students[0].flags == 1
