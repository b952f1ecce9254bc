"""What `attention-course grade` prints."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from attention_course.exercises import registry
from attention_course.grading.isolation import Protection
from attention_course.grading.marks import Reason, Run
from attention_course.grading.reports.wording import one_line


def show(protections: tuple[Protection, ...]) -> None:
    """Prints them, above the bar where there is one."""
    for protection in protections:
        sign = "+" if protection.active else "-"
        tqdm.write(f"{sign} {protection.name}: {protection.why}", file=sys.stderr)


def say(line: str) -> None:
    """Prints a line that may hold a learner's name, beside what is the result."""
    click.echo(one_line(line), err=True)


def tell(run: Run, out: Path, as_json: bool) -> None:
    """Prints a line for each exercise, and everything that could not be marked."""
    open_ = [
        {"student": marked.student, "path": marked.path, "why": f"{mark.question}: {mark.hint}"}
        for marked in run.marked
        for mark in marked.marks
        if mark.reason is Reason.UNMARKED
    ]
    open_ += [{"student": u.student, "path": u.path, "why": u.why} for u in run.unreadable]
    exercises = {
        name: [marked.points for marked in run.marked if marked.exercise == name]
        for name in sorted({marked.exercise for marked in run.marked})
    }
    summary: dict[str, Any] = {
        "submissions": len(run.marked),
        "from_store": run.from_store,
        "seconds": round(run.seconds, 1),
        "seed": run.seed,
        "exercises": {
            name: {"submissions": len(points), "mean": round(statistics.mean(points), 2)}
            for name, points in exercises.items()
        },
        "not_marked": open_,
        "index": str(out / "index.html"),
    }
    if as_json:
        click.echo(json.dumps(summary, indent=1, ensure_ascii=False))
        return
    for name, row in summary["exercises"].items():
        maximum = registry.exercise(name).points
        click.echo(
            f"{name}: {row['submissions']} submissions, mean {row['mean']:g} of {maximum} points"
        )
    for row in open_:
        not_marked = ": ".join((row["student"], row["path"], row["why"]))
        click.echo(f"not marked: {one_line(not_marked)}")
    click.echo(f"{_inputs(run)}, {run.seconds:.1f} s; read {out / 'index.html'}")


def _inputs(run: Run) -> str:
    """Where the inputs of the marks come from."""
    if run.seed is not None:
        return f"seed {run.seed}"
    if run.from_store and run.from_store == run.different:
        return "all marks are from earlier runs"
    return "no inputs were drawn"
