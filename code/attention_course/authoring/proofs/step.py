"""The notebooks are what their source gives."""

from __future__ import annotations

import re

from attention_course.authoring import checkout
from attention_course.authoring.proofs.common import Problems
from attention_course.exercises import published
from attention_course.exercises.question import Exercise

FILE = re.compile(r"(?:book|exercises)/\S+: ")  # a problem begins with one; other lines go on


def in_step(exercise: Exercise) -> Problems:
    """The notebooks are there and what their source gives, as Jupyter and nbgrader want them."""
    build = f"`attention-course exercise build {exercise.name}`"
    try:
        published.solved(exercise.name), published.learners(exercise.name)
    except FileNotFoundError:
        yield f"its notebooks are missing: {build} makes them"
        return
    done = checkout.notebooks("--check", checkout.source(exercise))
    if done.returncode != 0:
        found = grouped(done.stderr.replace("Run: make notebooks", ""))
        yield from found[:-1]
        yield f"{found[-1]} ({build} makes them anew)"


def grouped(said: str) -> list[str]:
    """What tools/notebooks.py says, a text for each problem; one may have several lines.

    Of a traceback it is the last line.
    """
    if "Traceback (most recent call last)" in said:
        return [said.strip().splitlines()[-1]]
    found: list[str] = []
    for line in said.strip().splitlines():
        if found and not FILE.match(line):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found
