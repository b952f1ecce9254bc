"""The bugs that `mutants.py` plants: mistakes that others made in public courses and ports.

To add one, write a `Bug` into the list of the module that has its part of the package.
"""

from __future__ import annotations

from planted_bugs import (
    data,
    decoding,
    evaluation,
    exercises,
    luong,
    models,
    pondering,
    show_attend_tell,
    small_transformers,
    training,
    transformer,
)
from planted_bugs.bug import Bug

__all__ = ["BUGS", "Bug"]

BUGS: list[Bug] = [
    *models.BUGS,
    *show_attend_tell.BUGS,
    *luong.BUGS,
    *small_transformers.BUGS,
    *transformer.BUGS,
    *pondering.BUGS,
    *data.BUGS,
    *training.BUGS,
    *decoding.BUGS,
    *evaluation.BUGS,
    *exercises.BUGS,
]
