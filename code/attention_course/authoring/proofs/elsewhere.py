"""Inputs are the same in another process: not only here, where texts hash as they happen to.

Run as a module it writes what the questions of an exercise draw, for `torch.load`.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import torch

import attention_course
from attention_course.authoring.proofs.common import Problems
from attention_course.exercises import registry
from attention_course.exercises.checking import SEED
from attention_course.exercises.question import Exercise
from attention_course.exercises.values import Value, identical


def inputs_are_the_same_elsewhere(exercise: Exercise) -> Problems:
    """A process in which texts hash otherwise draws the same inputs."""
    elsewhere = _drawn_elsewhere(exercise.name)
    for question, drawn in zip(exercise.questions, elsewhere, strict=True):
        for case, one, other in zip(question.cases, question.draw(SEED), drawn, strict=True):
            if not identical(dict(one), other):
                yield (
                    f"{question.id}: the inputs of its case {case.name!r} are others in another "
                    "process: they must not depend on hash() or on the order of a set"
                )


def _drawn_elsewhere(name: str) -> list[list[dict[str, Value]]]:
    here = os.environ.get("PYTHONHASHSEED")
    code = str(Path(attention_course.__file__).parents[1])
    paths = [code, *filter(None, [os.environ.get("PYTHONPATH")])]
    hashing = {"PYTHONHASHSEED": "2" if here == "1" else "1"}
    done = subprocess.run(
        [sys.executable, "-m", __name__, name],
        env={**os.environ, **hashing, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        check=True,
    )
    drawn: list[list[dict[str, Value]]] = torch.load(io.BytesIO(done.stdout))
    return drawn


def _write(name: str) -> None:
    drawn = [[dict(d) for d in q.draw(SEED)] for q in registry.exercise(name).questions]
    torch.save(drawn, sys.stdout.buffer)


if __name__ == "__main__":
    _write(sys.argv[1])
