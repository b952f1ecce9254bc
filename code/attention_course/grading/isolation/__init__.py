"""Runs answers, each in a process of its own that can reach nothing else."""

from attention_course.grading.isolation.joint import (
    Ended,
    Inputs,
    IsolationError,
    Job,
    Limits,
    Protection,
    Ran,
)
from attention_course.grading.isolation.warm import Warm

__all__ = ["Ended", "Inputs", "IsolationError", "Job", "Limits", "Protection", "Ran", "Warm"]
