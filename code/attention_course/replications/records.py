"""What was measured, and what one must know to measure it again.

An experiment is a list of runs, each a variant with a seed. `measure` makes the runs that are
still missing and writes the file after each, so that an experiment that was stopped goes on where
it was.
"""

from __future__ import annotations

import json
import platform
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import torch

import attention_course
from attention_course.evaluation import Report, Scores
from attention_course.shipped import REPOSITORY

Row = dict[str, Any]
Say = Callable[[str], None]


def commit_of(repository: Path = REPOSITORY) -> str:
    """The commit that the code is at, with "+dirty" where it was changed since.

    "unknown" outside a git repository. Only what can change a result makes it dirty: the package
    and its settings, not a chapter or the results themselves.
    """

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        commit = git("rev-parse", "HEAD")
        changed = git("status", "--porcelain", "--", "code", "pyproject.toml", "requirements.txt")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}+dirty" if changed else commit


def provenance_of(device: torch.device) -> Row:
    """Where and with what the code runs now: commit, device, threads, versions."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return {
        "commit": commit_of(),
        "device": name,
        "threads": torch.get_num_threads(),
        "versions": {
            "attention_course": attention_course.__version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
    }


def measure(
    experiment: str,
    variants: Sequence[str],
    run: Callable[[str, int], Row],
    *,
    seeds: Sequence[int],
    settings: Row,
    device: torch.device,
    path: Path,
    say: Say,
) -> Row:
    """Makes a row for every variant with every seed and writes all of them to `path`.

    Rows that the file already holds are kept if settings, commit, device and versions are the
    same and the commit is clean; otherwise all is measured anew.

    Args:
        run: called as run(variant, seed), gives what is to be stored and has "summary" in it, a
            line for `say` that is not stored.

    Returns:
        what the file holds: experiment, provenance, settings, rows.
    """
    now = provenance_of(device)
    stored = {"experiment": experiment, "provenance": now, "settings": settings, "rows": []}
    stored = json.loads(json.dumps(stored))  # so that it compares equal to what a file gives
    rows = _still_valid(path, stored)
    if rows:
        say(f"{path}: {len(rows)} runs are kept")
    path.parent.mkdir(parents=True, exist_ok=True)
    seconds = sum(row["seconds"] for row in rows)
    total = len(seeds) * len(variants)
    for number, (seed, variant) in enumerate(
        ((seed, variant) for seed in seeds for variant in variants), start=1
    ):
        if any((row["variant"], row["seed"]) == (variant, seed) for row in rows):
            continue
        begin = time.perf_counter()
        row = run(variant, seed)
        spent = time.perf_counter() - begin
        seconds += spent
        say(f"[{number}/{total}] {variant}, seed {seed}: {row.pop('summary')}, {spent:.0f} s")
        rows.append({"variant": variant, "seed": seed, **row, "seconds": spent})
        stored["rows"] = rows
        stored["provenance"] = {
            **now,
            "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "seeds": sorted({row["seed"] for row in rows}),
            "seconds": seconds,
        }
        _write(path, stored)
    if rows:  # as the file has it, also where no run was missing
        stored = json.loads(path.read_text(encoding="utf-8"))
    return stored


def _still_valid(path: Path, stored: Row) -> list[Row]:
    if not path.is_file() or stored["provenance"]["commit"].endswith(("+dirty", "unknown")):
        return []
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
        same = before["settings"] == stored["settings"] and all(
            before["provenance"][key] == value for key, value in stored["provenance"].items()
        )
        return before["rows"] if same else []
    except (ValueError, KeyError, TypeError):
        return []


def _write(path: Path, stored: Row) -> None:
    # first beside it and then in its place: a reader never sees half a file
    beside = path.with_suffix(".part")
    text = json.dumps(rounded(stored), indent=1, ensure_ascii=False, allow_nan=False)
    beside.write_text(text + "\n", encoding="utf-8")
    beside.replace(path)


def rounded(value: Any) -> Any:
    """The same with every float at six significant digits."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value


def row_of(scores: Scores) -> Row:
    """Scores for a file: `gold_mass` as [within 0, 1, 2], `offsets` as pairs [offset, count]."""
    row: Row = {
        "sentences": scores.sentences,
        "loss": scores.loss,
        "token_accuracy": scores.token_accuracy,
        "exact_match": scores.exact_match,
        "bleu": scores.bleu,
        "chrf": scores.chrf,
        "aer": scores.aer,
        "gold_mass": None if scores.gold_mass is None else list(scores.gold_mass.values()),
        "offsets": None if scores.offsets is None else [list(o) for o in scores.offsets.items()],
    }
    if isinstance(scores, Report):
        row["bleu_signature"] = scores.bleu_signature
        row["chrf_signature"] = scores.chrf_signature
        row["by_length"] = [
            {"shortest": part.shortest, "longest": part.longest, **row_of(part)}
            for part in scores.by_length
        ]
    return row
