"""The checks behind the exercises: questions, known mistakes, hints.

A notebook needs two functions, `check` and `progress`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attention_course.exercises.checking import check, progress

__all__ = ["check", "progress"]


def __getattr__(name: str) -> object:
    # Late, so that `attention_course.exercises.asking` can be had without any reference.
    if name in __all__:
        from attention_course.exercises import checking

        return getattr(checking, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
