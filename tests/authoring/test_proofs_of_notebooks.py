"""Each proof about notebooks is seen to fail on notebooks that are damaged in one way."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from attention_course.authoring.proofs import notebooks as proofs
from attention_course.authoring.proofs import runs
from attention_course.authoring.proofs.common import Problems
from attention_course.authoring.proofs.notebooks import Cell, Notebooks, code
from attention_course.exercises import registry
from attention_course.exercises.question import Question

Damage = Callable[[Notebooks], None]

STATIC = (
    proofs.cells_are_the_questions,
    proofs.checks_promise_full_marks,
    proofs.answers_are_hidden,
    proofs.text_agrees,
)
ANSWER, CHECK = "01-final_state", "01-final_state-check"


@pytest.fixture
def pair() -> Notebooks:
    """The notebooks of exercise 1, to be damaged."""
    return Notebooks.of(registry.exercise("encoder_decoder"))


def solved(pair: Notebooks, cell: str) -> Cell:
    return code(pair.solved)[cell]


def learners(pair: Notebooks, cell: str) -> Cell:
    return code(pair.learners)[cell]


def replaced(old: str, new: str, which: str, cell: str | None = None) -> Damage:
    """Replaces a text in one cell of a notebook, or in whatever cell of it holds the text."""

    def damage(pair: Notebooks) -> None:
        cells = [
            item
            for item in getattr(pair, which)["cells"]
            if old in proofs.source(item) and cell in (None, item["id"])
        ]
        assert cells, f"no cell holds {old!r}"
        cells[0]["source"] = proofs.source(cells[0]).replace(old, new)

    return damage


def flagged(which: str, cell: str, **flags: object) -> Damage:
    return lambda pair: code(getattr(pair, which))[cell]["metadata"]["nbgrader"].update(flags)


def without_output(pair: Notebooks) -> None:
    solved(pair, CHECK)["outputs"] = []


def without_number(pair: Notebooks) -> None:
    learners(pair, CHECK)["execution_count"] = None


def printing(text: str, name: str = "stdout") -> Damage:
    output = {"output_type": "stream", "name": name, "text": [text]}
    return lambda pair: solved(pair, CHECK).update(outputs=[output])


def untagged(pair: Notebooks) -> None:
    solved(pair, CHECK)["metadata"]["tags"] = []


def deleted(which: str, cell: str) -> Damage:
    def damage(pair: Notebooks) -> None:
        notebook = getattr(pair, which)
        notebook["cells"] = [item for item in notebook["cells"] if item["id"] != cell]

    return damage


def swapped(pair: Notebooks) -> None:
    cells = pair.solved["cells"]
    where = [index for index, cell in enumerate(cells) if cell["id"].endswith("-check")]
    cells[where[0]], cells[where[1]] = cells[where[1]], cells[where[0]]


DAMAGED: dict[str, tuple[Callable[[Notebooks], Problems], Damage, str]] = {
    "no check cell": (STATIC[0], deleted("solved", CHECK), "the solved notebook's graded cells"),
    "no answer cell": (
        STATIC[0],
        deleted("learners", ANSWER),
        "the learner's notebook's graded cells",
    ),
    "order": (STATIC[0], swapped, "the solved notebook's graded cells and points are"),
    "points": (STATIC[0], flagged("solved", CHECK, points=9), "01-final_state-check (9)"),
    "locked": (STATIC[0], flagged("solved", CHECK, locked=False), "the check's metadata is not"),
    "graded": (STATIC[0], flagged("learners", ANSWER, grade=True), "the answer's metadata is not"),
    "tag": (STATIC[0], untagged, "final_state: the check is not tagged nbval-check-output"),
    "marker": (
        STATIC[0],
        replaced("# exercise: encoder_decoder.final_state\n", "", "solved"),
        "the answer does not begin with '# exercise: encoder_decoder.final_state'",
    ),
    "name": (
        STATIC[0],
        replaced("def final_state(", "def last_state(", "solved"),
        "the answer does not define final_state",
    ),
    "docstring": (
        STATIC[0],
        replaced("Returns:", "Gives:", "learners", ANSWER),
        "the answer's docstring does not say what comes in and out",
    ),
    "check of another": (
        STATIC[0],
        replaced("encoder_decoder.final_state", "encoder_decoder.shift", "solved", CHECK),
        'the check is not check("encoder_decoder.final_state", final_state)',
    ),
    "no output": (
        STATIC[1],
        without_output,
        "encoder_decoder.final_state: the check in the solved notebook has no stored output",
    ),
    "not run": (STATIC[1], without_number, "in the learner's notebook has no stored output"),
    "a hint is promised": (
        STATIC[1],
        printing("final_state: hint: no\n"),
        "promises 'final_state: hint: no', expected 'final_state: 4 of 4 checks' alone",
    ),
    "errors are promised": (
        STATIC[1],
        printing("final_state: 4 of 4 checks\n", "stderr"),
        "solved notebook promises 'final_state: 4 of 4 checks', expected 'final_state: 4 of 4",
    ),
    "mark is shown": (
        STATIC[2],
        replaced("    raise", "    ### BEGIN SOLUTION\n    raise", "learners"),
        "the learner's notebook shows ### BEGIN SOLUTION",
    ),
    "answer is shown": (
        STATIC[2],
        replaced("raise NotImplementedError", "return states  #", "learners", ANSWER),
        "encoder_decoder.final_state: the learner's notebook has no stub for it",
    ),
    "no solution": (
        STATIC[2],
        replaced("### END SOLUTION", "", "solved", ANSWER),
        "the solved notebook does not mark one answer as the solution",
    ),
    "other cells": (STATIC[2], deleted("learners", "setup"), "has other code cells"),
    "other check": (
        STATIC[2],
        replaced("final_state)", "shift)", "learners", CHECK),
        "cell 01-final_state-check is not an answer and differs",
    ),
    "minutes in the text": (
        STATIC[3],
        replaced("about 10 minutes", "about 11 minutes", "learners"),
        "encoder_decoder.padded_step: below its heading stands '**8 points**",
    ),
    "title in the text": (
        STATIC[3],
        replaced("## The state after the last word", "## The state", "learners"),
        "encoder_decoder.final_state: no heading says 'The state after the last word'",
    ),
    "wrong total": (
        STATIC[3],
        replaced("worth 50 points", "worth 60 points", "learners"),
        "the text does not say that the exercise 'has six questions, worth 50 points'",
    ),
    "number": (STATIC[3], replaced("# Exercise 1", "# Exercise 3", "learners"), "does not begin"),
}


@pytest.mark.parametrize("proof", STATIC)
def test_whole_notebooks_have_no_problem(
    proof: Callable[[Notebooks], Problems], pair: Notebooks
) -> None:
    assert list(proof(pair)) == []


@pytest.mark.parametrize(("proof", "damage", "words"), DAMAGED.values(), ids=DAMAGED)
def test_damage_is_found(
    proof: Callable[[Notebooks], Problems], damage: Damage, words: str, pair: Notebooks
) -> None:
    damage(pair)
    found = list(proof(pair))
    assert any(words in problem for problem in found), found


def test_every_proof_is_seen_to_fail() -> None:
    assert {proof for proof, *_ in DAMAGED.values()} == set(STATIC)


def test_the_order_of_the_questions_counts(pair: Notebooks) -> None:
    first, second, *others = pair.exercise.questions
    pair = replace(pair, exercise=replace(pair.exercise, questions=(second, first, *others)))
    assert any("graded cells" in problem for problem in proofs.cells_are_the_questions(pair))
    problem = "the headings are not in the order of the questions"
    assert list(proofs.text_agrees(pair)) == [problem]


# under nbval: two questions in a few plain lines, so that a kernel starts quickly


def cell(name: str, text: str, printed: str = "") -> Cell:
    outputs = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
    count = 1 if printed else None
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "source": text,
        "outputs": outputs,
        "execution_count": count,
    }


def notebook(*cells: Cell) -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


STUB = "def {}():\n    raise NotImplementedError"
TRY = """\
try:
    print("{name}:", {answer}(), "of 4 checks")
except NotImplementedError:
    print("{name}: hint: not written yet")
"""


@pytest.fixture
def tiny() -> Notebooks:
    exercise = registry.exercise("encoder_decoder")
    exercise = replace(exercise, questions=exercise.questions[:2])
    solved_cells, learners_cells = [], []
    for question in exercise.questions:
        answer, name = exercise.grade_id(question), question.name
        check = cell(
            f"{answer}-check",
            TRY.format(name=name, answer=name),
            f"{name}: 4 of 4 checks\n",
        )
        solved_cells += [cell(answer, f"def {name}():\n    return 4"), check]
        learners_cells += [cell(answer, STUB.format(name)), copy.deepcopy(check)]
    return Notebooks(exercise, notebook(*solved_cells), notebook(*learners_cells))


def test_tiny_notebooks_have_no_problem(tiny: Notebooks) -> None:
    first, second = tiny.exercise.questions
    assert list(runs.solved_passes(tiny)) == []
    assert list(runs.unsolved_fails_its_checks(tiny)) == []
    assert list(runs.a_stub_loses_its_own_points(tiny, first)) == []
    assert list(runs.a_stub_loses_its_own_points(tiny, second)) == []


def test_a_solved_notebook_that_fails_is_found(tiny: Notebooks) -> None:
    solved(tiny, "01-padded_step")["source"] = "def padded_step():\n    return 3"
    (problem,) = runs.solved_passes(tiny)
    assert problem == (
        "encoder_decoder.padded_step: its check does not pass: it prints "
        "'padded_step: 3 of 4 checks' where 'padded_step: 4 of 4 checks' is stored"
    )


def test_what_follows_from_a_cell_that_fails_is_not_said(tiny: Notebooks) -> None:
    for pair in (tiny.solved, tiny.learners):
        pair["cells"].insert(0, cell("imports", "import torch_nonsense\nx = 1"))
        for check in (item for item in pair["cells"] if item["id"].endswith("-check")):
            check["source"] = f"x\n{check['source']}"
    begins = "the cell that begins with `import torch_nonsense`"
    error = "it raises ModuleNotFoundError: No module named 'torch_nonsense'"
    assert list(runs.solved_passes(tiny)) == [f"{begins} does not pass: {error}"]
    (problem,) = runs.unsolved_fails_its_checks(tiny)
    assert problem == f"{begins} fails where only padded_step, final_state is missing: {error}"


def test_a_check_that_cannot_fail_is_found(tiny: Notebooks) -> None:
    for pair in (tiny.solved, tiny.learners):
        code(pair)[CHECK]["source"] = 'print("final_state: 4 of 4 checks")'
    problem = "encoder_decoder.final_state: its check passes without an answer"
    assert list(runs.unsolved_fails_its_checks(tiny)) == [problem]
    question = tiny.exercise.questions[1]
    assert list(runs.a_stub_loses_its_own_points(tiny, question)) == [problem]


def test_a_check_without_a_stored_output_is_found(tiny: Notebooks) -> None:
    learners(tiny, CHECK).update(execution_count=None, outputs=[])
    problem = "encoder_decoder.final_state: its check passes without an answer"
    assert list(runs.unsolved_fails_its_checks(tiny)) == [problem]


def test_a_stub_that_does_not_fail_is_found(tiny: Notebooks) -> None:
    learners(tiny, ANSWER)["source"] = solved(tiny, ANSWER)["source"]
    question = tiny.exercise.questions[1]
    problem = "encoder_decoder.final_state: its check passes without an answer"
    assert list(runs.a_stub_loses_its_own_points(tiny, question)) == [problem]


def test_a_check_that_needs_the_answer_of_another_is_found(tiny: Notebooks) -> None:
    for pair in (tiny.solved, tiny.learners):
        text = code(pair)[CHECK]["source"]
        code(pair)[CHECK]["source"] = f"padded_step()\n{text}"
    (problem,) = runs.a_stub_loses_its_own_points(tiny, tiny.exercise.questions[0])
    expected = "encoder_decoder.final_state: its check fails where only padded_step is missing"
    assert problem == f"{expected}: it raises NotImplementedError"


def test_a_cell_that_fails_without_an_answer_is_found(tiny: Notebooks) -> None:
    learners(tiny, ANSWER)["source"] = "raise NotImplementedError"
    (problem,) = runs.unsolved_fails_its_checks(tiny)
    assert problem.startswith("encoder_decoder.final_state: its answer's cell fails where only")


def test_a_check_that_fails_otherwise_is_found(tiny: Notebooks) -> None:
    learners(tiny, ANSWER)["source"] = "def final_state():\n    return 3"
    (problem,) = runs.unsolved_fails_its_checks(tiny)
    assert problem == (
        "encoder_decoder.final_state: its check does not say 'not written yet': it prints "
        "'final_state: 3 of 4 checks' where 'final_state: 4 of 4 checks' is stored"
    )


def test_answers_that_train_are_missing_along_with_the_others(tiny: Notebooks) -> None:
    first, second = tiny.exercise.questions
    trained: Question = replace(second, kind="train")
    pair = replace(tiny, exercise=replace(tiny.exercise, questions=(first, trained)))
    solved(pair, ANSWER)["source"] = "def final_state():\n    raise RuntimeError('it trains')"
    assert list(runs.a_stub_loses_its_own_points(pair, first)) == []
    assert "RuntimeError" in next(runs.solved_passes(pair))
