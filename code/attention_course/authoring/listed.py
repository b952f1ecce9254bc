"""The proofs, in the order that they are told in, and which of them rest on which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from attention_course.authoring.proofs import (
    answers,
    completeness,
    elsewhere,
    forms,
    inputs,
    marks,
    notebooks,
    runs,
    signs,
    step,
)
from attention_course.authoring.proofs.common import Problems


@dataclass(frozen=True)
class Proof:
    """A proof.

    Attributes:
        shows: what holds where it finds no problem.
        prove: yields the problems; called with what the next two say, or else the exercise.
        notebooks: it takes the exercise's notebooks, first.
        questions: it is made for each question, and takes it, last.
        needs: what shows nothing new where one of these proofs fails, for the same question if
            both are made for each, and is left out.
    """

    shows: str
    prove: Callable[..., Problems]
    notebooks: bool = False
    questions: bool = False
    needs: tuple[Callable[..., Problems], ...] = ()


DRAWN, RIGHT = (inputs.inputs_are_drawn,), (answers.reference_passes,)
IN_STEP, CELLS = (step.in_step,), (notebooks.cells_are_the_questions,)
PROMISED = (notebooks.checks_promise_full_marks,)
SOLVED = (runs.solved_passes,)

PROOFS = (
    Proof("questions are complete", completeness.question_is_complete, questions=True),
    Proof("inputs are drawn", inputs.inputs_are_drawn, questions=True),
    Proof("references pass", answers.reference_passes, questions=True, needs=DRAWN),
    Proof("alternatives pass", answers.alternatives_pass, questions=True, needs=RIGHT),
    Proof("other precisions and layouts pass", forms.forms_pass, questions=True, needs=RIGHT),
    Proof("mistakes get their own hints", answers.mistakes_are_named, questions=True, needs=RIGHT),
    Proof(
        "mistakes are far apart",
        answers.mistakes_are_far_apart,
        questions=True,
        needs=(answers.mistakes_are_named,),
    ),
    Proof("signs show nothing else", signs.signs_show_nothing_else, questions=True, needs=RIGHT),
    Proof("no work wins nothing", answers.no_work_wins_nothing, questions=True, needs=RIGHT),
    Proof("inputs change", inputs.inputs_change, questions=True, needs=RIGHT),
    Proof(
        "inputs are the same in another process",
        elsewhere.inputs_are_the_same_elsewhere,
        needs=DRAWN,
    ),
    Proof("notebooks are in step with their source", step.in_step),
    Proof(
        "graded cells are the questions",
        notebooks.cells_are_the_questions,
        notebooks=True,
        needs=IN_STEP,
    ),
    Proof(
        "checks promise full marks",
        notebooks.checks_promise_full_marks,
        notebooks=True,
        needs=CELLS,
    ),
    Proof("answers are hidden", notebooks.answers_are_hidden, notebooks=True, needs=CELLS),
    Proof(
        "the text agrees with the questions", notebooks.text_agrees, notebooks=True, needs=IN_STEP
    ),
    Proof(
        "the grader gives full marks",
        marks.grader_gives_full_marks,
        notebooks=True,
        needs=(*PROMISED, *RIGHT, answers.alternatives_pass),
    ),
    Proof(
        "the solved notebook passes nbval",
        runs.solved_passes,
        notebooks=True,
        needs=(*PROMISED, *RIGHT),
    ),
    Proof(
        "unsolved, exactly the checks fail",
        runs.unsolved_fails_its_checks,
        notebooks=True,
        needs=SOLVED,
    ),
    Proof(
        "a stub loses its own points alone",
        runs.a_stub_loses_its_own_points,
        notebooks=True,
        questions=True,
        needs=SOLVED,
    ),
)
