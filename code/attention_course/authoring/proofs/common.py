"""What proofs about questions share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from attention_course.exercises.asking import Answer
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


def told(question: Question, tell: Callable[[str], object]) -> Question:
    """The question, telling what of it begins to run: which answer, or the draw of which case."""

    def first(what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def telling(*inputs: Any) -> Any:
            tell(what)
            return call(*inputs)

        return telling

    others: dict[str, Answer] = {
        name: first(f"the alternative {name!r}", answer)
        for name, answer in question.alternatives.items()
    }
    return replace(
        question,
        cases=tuple(
            replace(case, draw=first(f"the draw of the case {case.name!r}", case.draw))
            for case in question.cases
        ),
        reference=first("the reference", question.reference),
        mistakes=tuple(
            replace(mistake, answer=first(f"the mistake {mistake.name!r}", mistake.answer))
            for mistake in question.mistakes
        ),
        alternatives=others,
    )
