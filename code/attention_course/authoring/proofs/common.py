"""What proofs about questions share."""

from __future__ import annotations

from collections.abc import Iterator

from attention_course.exercises.checking import SEED
from attention_course.exercises.question import Question

Problems = Iterator[str]
OTHER_SEED = 7


def trains(question: Question) -> bool:
    """Whether an answer takes seconds to run, so that it is run no more often than is needed."""
    return question.kind == "train"


def seeds(question: Question) -> tuple[int, ...]:
    """The seeds of the inputs that answers are tried with."""
    return (SEED,) if trains(question) else (SEED, OTHER_SEED)
