"""A learner's check cell: how long until it answers."""

from __future__ import annotations

import contextlib
import io
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from attention_course.exercises import check, published, registry
from attention_course.exercises.asking import Answer
from attention_course.exercises.question import Exercise, Question

from benchmarks.table import Line, show

FIRST = 2000.0  # milliseconds, in a fresh kernel whose first cells have run
LATER = 100.0
REPETITIONS = 7
WHAT = {
    "first": "first check of a question, the slowest",
    "right": "right answer, median, the slowest",
    "wrong": "wrong answer, median, the slowest",
}


def report() -> None:
    """Prints for every exercise what its slowest question takes."""
    print("a learner's check, training left out")
    for name in registry.names():
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.checks", name],
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found = json.loads(done.stdout)
        number = registry.exercise(name).number
        for what, most in (("first", FIRST), ("right", LATER), ("wrong", LATER)):
            question, milliseconds = max(found[what].items(), key=lambda item: item[1])
            label = f"exercise {number}, {WHAT[what]} ({question})"
            show(Line(label, milliseconds, "ms", most))


def measured(exercise: Exercise) -> dict[str, dict[str, float]]:
    """Milliseconds for each question: its first check, later ones, those of its known mistakes.

    A mistake takes longer than a right answer: it is compared with all that are known.
    """
    names: dict[str, object] = {}
    for source in published.setup(exercise.name):
        exec(source, names)
    found: dict[str, dict[str, float]] = {what: {} for what in WHAT}
    for question in exercise.questions:
        if question.kind == "train":
            continue
        right = [asked(question, question.reference) for _ in range(1 + REPETITIONS)]
        wrong = [
            statistics.median(asked(question, mistake.answer) for _ in range(REPETITIONS))
            for mistake in question.mistakes
        ]
        found["first"][question.name] = right[0]
        found["right"][question.name] = statistics.median(right[1:])
        found["wrong"][question.name] = max(wrong)
    return found


def asked(question: Question, answer: Answer) -> float:
    """Milliseconds of one check."""
    with contextlib.redirect_stdout(io.StringIO()):
        begin = time.perf_counter()
        check(question.id, answer)
        return 1e3 * (time.perf_counter() - begin)


if __name__ == "__main__":
    print(json.dumps(measured(registry.exercise(sys.argv[1]))))
