"""All reports of a run together: what is there, and what a second run changes."""

from __future__ import annotations

from pathlib import Path

from attention_course.grading import reports
from grading.reports import classes


def test_every_report_is_written(tmp_path: Path) -> None:
    paths = reports.write(tmp_path / "new", classes.every_reason())
    names = [path.relative_to(tmp_path / "new").as_posix() for path in paths]
    assert names[0] == "index.html"
    assert {"grades.csv", "questions.csv", "results.json"} < set(names)
    assert "feedback/ada/bahdanau.html" in names
    assert "gradescope/ada/results.json" in names
    assert "feedback/dora/unreadable.html" in names
    assert all(path.stat().st_size for path in paths)
