"""`results.json`: everything that is known of a run. `results.schema.json` says what it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from attention_course.grading.marks import Marked, Run

FORMAT = 1
SCHEMA = Path(__file__).with_name("results.schema.json")


def results(run: Run) -> bytes:
    """The run as JSON. Texts come back from it as they were, broken characters too."""
    everything = {
        "format": FORMAT,
        "seed": run.seed,
        "started": run.started,
        "seconds": run.seconds,
        "different": run.different,
        "from_store": run.from_store,
        "versions": dict(run.versions),
        "protections": [
            {"name": name, "active": active, "why": why} for name, active, why in run.protections
        ],
        "unreadable": [
            {"student": item.student, "path": item.path, "why": item.why} for item in run.unreadable
        ],
        "submissions": [_submission(marked) for marked in run.marked],
    }
    text = json.dumps(everything, indent=1, ensure_ascii=False, allow_nan=False)
    # half of a surrogate pair becomes \udcff, which is JSON's own way to write it
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _submission(marked: Marked) -> dict[str, Any]:
    return {
        "student": marked.student,
        "exercise": marked.exercise,
        "path": marked.path,
        "points": marked.points,
        "maximum": marked.maximum,
        "complete": marked.complete,
        "flags": list(marked.flags),
        "private": list(marked.private),
        "marks": [mark.to_json() for mark in marked.marks],
    }
