"""Every proof of every exercise, in parallel; what follows from a failure is left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from attention_course.authoring.listed import PROOFS
from attention_course.authoring.proofs.common import told, trains
from attention_course.authoring.proofs.notebooks import Notebooks
from attention_course.authoring.workers import Lost, Tell, Workers
from attention_course.exercises import registry
from attention_course.exercises.question import Exercise

NBVAL = 1800.0  # seconds for a part that runs notebooks: nbval has a limit of its own, for a cell


@dataclass(frozen=True)
class Part:
    """One piece of work: a proof of an exercise, or of one of its questions."""

    exercise: str
    proof: int  # in PROOFS
    question: str | None = None


@dataclass(frozen=True)
class Proved:
    """What became of one proof of one exercise.

    Attributes:
        problems: what does not hold; each with the id of the question that it was found in, or
            None where it is about the exercise as a whole.
        left_out: a part of it was not made, since what it needs does not hold.
        seconds: of all its parts together.
    """

    exercise: str
    shows: str
    problems: tuple[tuple[str | None, str], ...]
    left_out: bool = False
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not self.problems and not self.left_out


@dataclass
class _Became:
    """What became of one part: the problems found, None where it was left out."""

    problems: list[str] | None = field(default_factory=list)
    seconds: float = 0.0


def parts(exercises: Sequence[Exercise]) -> list[Part]:
    """All that is to be done, in the order of the proofs."""
    return [
        Part(exercise.name, number, question)
        for exercise in exercises
        for number, proof in enumerate(PROOFS)
        for question in ([q.id for q in exercise.questions] if proof.questions else [None])
    ]


def prove(part: Part, tell: Tell) -> tuple[list[str], float]:
    """The problems that one part finds, and its seconds. A proof that fails itself is a problem.

    Args:
        tell: called with what of the question begins to run.
    """
    begin = time.perf_counter()
    proof = PROOFS[part.proof]
    try:
        exercise = registry.exercise(part.exercise)
        subject: list[object] = []
        if proof.notebooks:
            subject.append(Notebooks.of(exercise))
        if part.question:
            question = registry.question(part.question)
            # a proof about notebooks runs them, and compares what it has with the exercise's own
            subject.append(question if proof.notebooks else told(question, tell))
        found = list(proof.prove(*(subject or [exercise])))
    except Exception as error:  # such a proof shows nothing
        found = [f"could not be proved: {type(error).__name__}: {error}"]
    return found, time.perf_counter() - begin


def prove_all(
    exercises: Sequence[Exercise],
    *,
    jobs: int,
    step: Callable[[], object],
    patience: float,
) -> Iterator[Proved]:
    """Makes every proof of some exercises, and gives each as soon as all its parts are done.

    Args:
        jobs: how many processes work at once.
        step: called after each part.
        patience: seconds that an answer may take beyond twice its question's own.
    """
    todo = parts(exercises)
    needed = {part: [other for other in todo if _needs(part, other)] for part in todo}
    became: dict[Part, _Became] = {}
    # the longest first, so that none of them is left for the end
    waiting = sorted(todo, key=_long, reverse=True)
    with Workers(jobs, prove) as workers:
        while len(became) < len(todo):
            futile = next((p for p in waiting if _any_failed(needed[p], became)), None)
            ready = next((p for p in waiting if all(o in became for o in needed[p])), None)
            if futile is not None:
                waiting.remove(futile)
                done, became[futile] = futile, _Became(None)
            elif ready is not None and workers.free:
                waiting.remove(ready)
                workers.begin(ready, _limit(ready, patience))
                continue
            else:
                done, result = workers.next()
                became[done] = _became(result)
            step()
            together = [other for other in todo if _same_proof(done, other)]
            if all(other in became for other in together):
                yield _proved(done, {other: became[other] for other in together})


def _needs(part: Part, other: Part) -> bool:
    """Whether a part shows nothing where the other fails."""
    if part.exercise != other.exercise or PROOFS[other.proof].prove not in PROOFS[part.proof].needs:
        return False
    return None in (part.question, other.question) or part.question == other.question


def _any_failed(needed: Sequence[Part], became: dict[Part, _Became]) -> bool:
    """Whether a part that is needed found a problem, or was left out itself."""
    return any(other in became and became[other].problems != [] for other in needed)


def _long(part: Part) -> bool:
    proof = PROOFS[part.proof]
    return proof.notebooks or (
        part.question is not None and trains(registry.question(part.question))
    )


def _limit(part: Part, patience: float) -> float:
    """Seconds that a worker may go without a word."""
    if part.question is None or PROOFS[part.proof].notebooks:
        return NBVAL
    return patience + 2 * registry.question(part.question).seconds


def _became(result: Any) -> _Became:
    if isinstance(result, Lost):
        return _Became([f"{result.doing or 'the proof'} {result.why}"])
    found, seconds = result
    return _Became(list(dict.fromkeys(found)), seconds)


def _same_proof(one: Part, other: Part) -> bool:
    return (one.exercise, one.proof) == (other.exercise, other.proof)


def _proved(part: Part, together: dict[Part, _Became]) -> Proved:
    exercise = registry.exercise(part.exercise)
    problems = [
        _placed(exercise, other, words)
        for other, became in together.items()
        for words in became.problems or []
    ]
    return Proved(
        part.exercise,
        PROOFS[part.proof].shows,
        tuple(problems),
        any(became.problems is None for became in together.values()),
        sum(became.seconds for became in together.values()),
    )


def _placed(exercise: Exercise, part: Part, words: str) -> tuple[str | None, str]:
    """A problem with the question that it names, by default that of its part."""
    for question in exercise.questions:
        if words.startswith(f"{question.id}: "):
            return question.id, words[len(question.id) + 2 :]
    return part.question, words
