"""What marks depend on besides the answers: the exercise's own code and the environment."""

from __future__ import annotations

import functools
import hashlib
import platform
from pathlib import Path

import numpy as np
import torch

import attention_course
from attention_course.exercises import published

_PACKAGE = Path(attention_course.__file__).parent
# what a question, its way of asking and its judge may use
_USED = (
    "exercises/*.py",
    "exercises/{name}/**/*.py",
    "models/*.py",
    "data/**/*.py",
    "decoding.py",
    "training.py",
    "grading/marking.py",
    "grading/isolation/*.py",
)


def environment() -> dict[str, str]:
    """The versions that a mark may depend on, by name."""
    return {
        "attention_course": attention_course.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "machine": f"{platform.system()} {platform.machine()}",
    }


@functools.cache
def of(exercise: str) -> str:
    """A hash of an exercise's code, its notebook's setup and the environment."""
    digest = hashlib.sha256(repr(sorted(environment().items())).encode())
    for pattern in _USED:
        for path in sorted(_PACKAGE.glob(pattern.format(name=exercise))):
            digest.update(f"\n{path.relative_to(_PACKAGE)}\n".encode() + path.read_bytes())
    for cell in published.setup(exercise):
        digest.update(f"\n{cell}".encode())
    return digest.hexdigest()
