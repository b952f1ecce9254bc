"""Every proof of every exercise, in parallel."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import torch

from attention_course.authoring import checkout
from attention_course.authoring.proofs import (
    answers,
    completeness,
    forms,
    inputs,
    marks,
    notebooks,
    runs,
)
from attention_course.authoring.proofs.common import Problems, trains
from attention_course.authoring.proofs.notebooks import Notebooks
from attention_course.exercises import registry
from attention_course.exercises.question import Exercise, Question


@dataclass(frozen=True)
class Proof:
    """A proof.

    Attributes:
        shows: what holds where it finds no problem.
        prove: yields the problems; called with what the next two say.
        notebooks: it takes the exercise's notebooks, first.
        questions: it is made for each question, and takes it, last.
    """

    shows: str
    prove: Callable[..., Problems]
    notebooks: bool = False
    questions: bool = False


def in_step(pair: Notebooks) -> Problems:
    """The notebooks are what their source gives, and obey the formats of Jupyter and nbgrader."""
    done = checkout.notebooks("--check", checkout.source(pair.exercise))
    if done.returncode != 0:
        yield from done.stderr.strip().splitlines()


PROOFS = (
    Proof("questions are complete", completeness.question_is_complete, questions=True),
    Proof("references pass", answers.reference_passes, questions=True),
    Proof("alternatives pass", answers.alternatives_pass, questions=True),
    Proof("other precisions and layouts pass", forms.forms_pass, questions=True),
    Proof("mistakes get their own hints", answers.mistakes_are_named, questions=True),
    Proof("mistakes are far apart", answers.mistakes_are_far_apart, questions=True),
    Proof("no work wins nothing", answers.no_work_wins_nothing, questions=True),
    Proof("inputs change", inputs.inputs_change, questions=True),
    Proof("notebooks are in step with their source", in_step, notebooks=True),
    Proof("graded cells are the questions", notebooks.cells_are_the_questions, notebooks=True),
    Proof("checks promise full marks", notebooks.checks_promise_full_marks, notebooks=True),
    Proof("answers are hidden", notebooks.answers_are_hidden, notebooks=True),
    Proof("the text agrees with the questions", notebooks.text_agrees, notebooks=True),
    Proof("the grader gives full marks", marks.grader_gives_full_marks, notebooks=True),
    Proof("the solved notebook passes nbval", runs.solved_passes, notebooks=True),
    Proof("unsolved, exactly the checks fail", runs.unsolved_fails_its_checks, notebooks=True),
    Proof(
        "a stub loses its own points alone",
        runs.a_stub_loses_its_own_points,
        notebooks=True,
        questions=True,
    ),
)


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
            None where the proof is about the exercise as a whole.
        seconds: of all its parts together.
    """

    exercise: str
    shows: str
    problems: tuple[tuple[str | None, str], ...]
    seconds: float

    @property
    def holds(self) -> bool:
        return not self.problems


def parts(exercises: Sequence[Exercise]) -> list[Part]:
    """All that is to be done, in the order of the proofs."""
    return [
        Part(exercise.name, number, question)
        for exercise in exercises
        for number, proof in enumerate(PROOFS)
        for question in ([q.id for q in exercise.questions] if proof.questions else [None])
    ]


def prove(part: Part) -> tuple[list[str], float]:
    """The problems that one part finds, and its seconds. A proof that fails itself is a problem."""
    begin = time.perf_counter()
    proof = PROOFS[part.proof]
    subject: list[Notebooks | Question] = []
    try:
        if proof.notebooks:
            subject.append(Notebooks.of(registry.exercise(part.exercise)))
        if part.question:
            subject.append(registry.question(part.question))
        found = list(proof.prove(*subject))
    except Exception as error:  # such a proof shows nothing
        found = [f"could not be proved: {type(error).__name__}: {error}"]
    return found, time.perf_counter() - begin


def prove_all(
    exercises: Sequence[Exercise], *, jobs: int, step: Callable[[], object]
) -> Iterator[Proved]:
    """Makes every proof of some exercises, and gives each as soon as all its parts are done.

    Args:
        jobs: how many processes work at once.
        step: called after each part.
    """
    todo = parts(exercises)
    missing = Counter((part.exercise, part.proof) for part in todo)
    done: dict[Part, tuple[list[str], float]] = {}
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),  # torch does not bear a fork
        initializer=torch.set_num_threads,
        initargs=(1,),
    )
    try:
        # the longest first, so that none of them is left for the end
        futures: dict[Future[tuple[list[str], float]], Part] = {
            pool.submit(prove, part): part for part in sorted(todo, key=_long, reverse=True)
        }
        for future in as_completed(futures):
            part = futures[future]
            done[part] = future.result()
            step()
            missing[part.exercise, part.proof] -= 1
            if not missing[part.exercise, part.proof]:
                yield _proved(part, [other for other in todo if _same_proof(part, other)], done)
    finally:
        pool.shutdown(cancel_futures=True)


def _long(part: Part) -> bool:
    proof = PROOFS[part.proof]
    return proof.notebooks or (
        part.question is not None and trains(registry.question(part.question))
    )


def _same_proof(one: Part, other: Part) -> bool:
    return (one.exercise, one.proof) == (other.exercise, other.proof)


def _proved(
    part: Part, together: Sequence[Part], done: dict[Part, tuple[list[str], float]]
) -> Proved:
    problems = [(other.question, words) for other in together for words in done[other][0]]
    seconds = sum(done[other][1] for other in together)
    return Proved(part.exercise, PROOFS[part.proof].shows, tuple(problems), seconds)
