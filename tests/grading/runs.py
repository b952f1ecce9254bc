"""A class whose answers take a moment, `attention-course grade` on it, and the marks that come."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attention_course.cli import main
from attention_course.exercises import registry
from attention_course.grading.store import NAME
from click.testing import CliRunner, Result
from grading import corpus, watching

QUESTIONS = len(registry.exercise("bahdanau").questions)
PAGE = 4096 + 24  # bytes that a page takes in the log of the store
OWN = ("scores", "masked_softmax", "shapes")  # the others are the same for all: marked once

SLOW = """
import time

def additive_score(query, keys, v):
    time.sleep(0.02)
    return torch.tanh(query[:, None] + keys) @ v * {factor}
"""


def answers(students: int) -> int:
    """How many answers of such a class have to be marked."""
    return students * len(OWN) + QUESTIONS - len(OWN)


def hand_in(folder: Path, students: int) -> Path:
    """A class in which many answers are somebody's own; every third has the scores wrong."""
    for number in range(students):
        corpus.hand_in(folder, f"student-{number:02}", own_notebook(number))
    return folder


def own_notebook(number: int) -> corpus.Notebook:
    answers = {name: corpus.right("bahdanau", name) for name in OWN}
    answers["scores"] = SLOW.format(factor=1 if number % 3 else 2)
    return corpus.notebook(
        answers={name: f"{source}\n# {number}\n" for name, source in answers.items()}
    )


def grade(submissions: Path, out: Path, *options: str) -> Result:
    """`attention-course grade` in this process."""
    return CliRunner().invoke(main, arguments(submissions, out, *options))


def arguments(submissions: Path, out: Path, *options: str) -> list[str]:
    return ["grade", str(submissions), "--out", str(out), "--lanes", "2", *options]


def undisturbed(submissions: Path, out: Path, seed: int) -> dict[str, Any]:
    """The marks of a run on this machine that nobody stops."""
    result = grade(submissions, out, "--seed", str(seed))
    assert result.exit_code == 0, result.output
    return marks(out)


@contextlib.contextmanager
def started(
    submissions: Path,
    out: Path,
    *options: str,
    prepare: Callable[[], None] | None = None,
    alone: bool = True,
) -> Iterator[subprocess.Popen[str]]:
    """`attention-course grade` in a process of its own; nothing of it is left behind.

    Args:
        submissions: what to mark.
        out: where to.
        options: of the command.
        prepare: what the process does before it begins.
        alone: whether nobody else starts processes meanwhile; only then is what is left seen.
    """
    # what a shell starts in the background ignores Ctrl-C, and so do the tests there and this
    heeds = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heeds}; from attention_course.cli import main; main()"
    with watching.orphans() as left:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments(submissions, out, *options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=prepare,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        assert not alone or left() == []


def wait_for_pages(process: subprocess.Popen[str], out: Path, pages: int) -> None:
    """Waits until the log of the store holds so many pages: a mark takes one or more."""
    log = out / f"{NAME}-wal"
    end = time.monotonic() + 60
    while not log.exists() or log.stat().st_size < pages * PAGE:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end
        time.sleep(0.002)


def results(out: Path) -> dict[str, Any]:
    return json.loads((out / "results.json").read_text(encoding="utf-8"))


def marks(out: Path) -> dict[str, Any]:
    """Every mark by student and question, without the times that differ each time."""
    changing = ("seconds", "cpu", "memory")
    found = {}
    for submission in results(out)["submissions"]:
        for mark in submission["marks"]:
            key = f"{submission['student']} {mark['question']}"
            assert key not in found
            found[key] = {name: value for name, value in mark.items() if name not in changing}
    return found
