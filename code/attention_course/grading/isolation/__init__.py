"""Runs answers, each in a process of its own that can reach nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attention_course.grading.isolation.joint import (
    Ended,
    Inputs,
    IsolationError,
    Job,
    Limits,
    Protection,
    Ran,
)

if TYPE_CHECKING:
    from attention_course.grading.isolation.warm import Warm

__all__ = ["Ended", "Inputs", "IsolationError", "Job", "Limits", "Protection", "Ran", "Warm"]


def __getattr__(name: str) -> object:
    # Late, so that the process that forks for answers can begin without torch.
    if name == "Warm":
        from attention_course.grading.isolation.warm import Warm

        return Warm
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
