"""Which cell answers which question, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attention_course.exercises import registry
from attention_course.grading.marks import How
from grading.intake.handed_in import (
    Json,
    answers,
    code,
    hand_in,
    notebook,
    one,
    place,
    solved,
    untouched,
    without_labels,
)

EXERCISES = registry.names()
SCORES = "def additive_score(query, keys, v):\n    return 1\n"
SOFTMAX = "def masked_softmax(scores, mask):\n    return 2\n"
STUB = 'def additive_score(query, keys, v):\n    """Doc."""\n    raise NotImplementedError("x")\n'


def given_stub() -> str:
    """The cell of `bahdanau.scores` in the learner's notebook."""
    made = untouched()
    return "".join(made["cells"][place(made, "02-scores")]["source"])


def number_of(answer_source: str) -> str:
    return answer_source.rstrip().rpartition(" ")[2]


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("which", [solved, untouched])
def test_a_notebook_as_it_was_given_has_every_answer_and_no_flag(
    exercise: str, which: object, tmp_path: Path
) -> None:
    submission = one(tmp_path, which(exercise))  # type: ignore[operator]
    assert submission.flags == ()
    assert list(submission.answers) == [q.id for q in registry.exercise(exercise).questions]
    for answer in submission.answers.values():
        assert (answer.how, answer.flags) == (How.METADATA, ())
        assert (answer.barred, answer.unreadable) == ((), "")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_metadata_then_marker_then_name(exercise: str, tmp_path: Path) -> None:
    by_marker = one(tmp_path / "a", without_labels(solved(exercise), markers=False))
    by_name = one(tmp_path / "b", without_labels(solved(exercise)))
    for submission, how in ((by_marker, How.MARKER), (by_name, How.NAME)):
        assert submission.exercise == exercise
        assert len(submission.answers) == len(registry.exercise(exercise).questions)
        assert {answer.how for answer in submission.answers.values()} == {how}
        assert not any(answer.flags for answer in submission.answers.values())


def test_the_answer_is_the_cell(tmp_path: Path) -> None:
    made = solved()
    cell = made["cells"][place(made, "02-scores")]
    assert one(tmp_path, made).answers["bahdanau.scores"].source == "".join(cell["source"])


def test_swapped_metadata_is_not_believed(tmp_path: Path) -> None:
    made = solved()
    one_, other = (made["cells"][place(made, f"02-{n}")] for n in ("scores", "masked_softmax"))
    one_["metadata"], other["metadata"] = other["metadata"], one_["metadata"]
    found = one(tmp_path, made).answers
    assert "def additive_score" in found["bahdanau.scores"].source
    assert "def masked_softmax" in found["bahdanau.masked_softmax"].source
    assert found["bahdanau.scores"].how is How.MARKER
    assert found["bahdanau.scores"].flags == (
        "the metadata says 02-masked_softmax but the cell defines additive_score",
    )


def test_a_wrong_marker_is_not_believed(tmp_path: Path) -> None:
    found = answers(tmp_path, "# exercise: bahdanau.masked_softmax\n" + SCORES, SOFTMAX)
    assert found["bahdanau.scores"].flags == (
        "the marker says bahdanau.masked_softmax but the cell defines additive_score",
    )
    assert found["bahdanau.masked_softmax"].flags == ()


@pytest.mark.parametrize("labelled", [True, False])
def test_of_two_cells_the_last_that_parses_counts(labelled: bool, tmp_path: Path) -> None:
    grade_id = "02-scores" if labelled else ""
    found = answers(
        tmp_path,
        code(SCORES.replace("1", "11"), grade_id),
        code(SCORES.replace("1", "22"), grade_id),
        code("def additive_score(query:\n    return 33", grade_id),
    )
    answer = found["bahdanau.scores"]
    assert (number_of(answer.source), answer.unreadable) == ("22", "")
    assert answer.flags == ("3 cells answer this (cells 1, 2, 3): cell 2 counts",)


def test_a_cell_with_a_label_counts_before_a_later_one_without(tmp_path: Path) -> None:
    found = answers(tmp_path, code(SCORES, "02-scores"), SCORES.replace("1", "22"))
    answer = found["bahdanau.scores"]
    assert (number_of(answer.source), answer.how) == ("1", How.METADATA)
    assert answer.flags == ("2 cells answer this (cells 1, 2): cell 1 counts",)


@pytest.mark.parametrize("stub_first", [True, False])
def test_a_stub_never_stands_before_an_answer(stub_first: bool, tmp_path: Path) -> None:
    cells = [code(STUB, "02-scores"), code(SCORES)]
    found = answers(tmp_path, *(cells if stub_first else cells[::-1]))
    assert number_of(found["bahdanau.scores"].source) == "1"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_stub_as_it_was_given_is_known(exercise: str, tmp_path: Path) -> None:
    assert all(answer.stub for answer in one(tmp_path / "a", untouched(exercise)).answers.values())
    bare = one(tmp_path / "b", without_labels(untouched(exercise)))
    assert all(answer.stub for answer in bare.answers.values())
    assert not any(a.stub for a in one(tmp_path / "c", solved(exercise)).answers.values())


@pytest.mark.parametrize("more", ["", "# nothing yet", "print(additive_score)"])
def test_what_does_nothing_leaves_a_stub_a_stub(more: str, tmp_path: Path) -> None:
    assert answers(tmp_path, code(f"{given_stub()}\n{more}", "02-scores"))["bahdanau.scores"].stub


@pytest.mark.parametrize(
    "change",
    [
        ("", "\nadditive_score = max"),
        ("", "\nimport torch"),
        ("", "\nglobals().update(additive_score=max)"),
        ("write your", "my"),
        ("v: Tensor", "v: Tensor = 1 / 0"),
        ("def additive_score", "@print\ndef additive_score"),
        ("raise", "return 1\n    raise"),
    ],
)
def test_a_stub_with_anything_more_has_to_be_run(change: tuple[str, str], tmp_path: Path) -> None:
    old, new = change
    made = given_stub().replace(old, new) if old else given_stub() + new
    found = answers(tmp_path, code(made, "02-scores"))
    assert not found["bahdanau.scores"].stub


def test_a_helper_called_as_another_question_is_no_answer(tmp_path: Path) -> None:
    found = answers(
        tmp_path,
        code("def step(model):\n    return 1", "02-step"),
        code("def step(x):\n    return 2\ndef train(m, b):\n    return step(3)", "02-train"),
    )
    assert number_of(found["bahdanau.step"].source) == "1"
    assert "return 2" in found["bahdanau.train"].source


def test_nor_where_neither_has_a_label(tmp_path: Path) -> None:
    found = answers(
        tmp_path,
        "def step(model):\n    return 1",
        code("def step(x):\n    return 2\ndef train(m, b):\n    return step(3)", "02-train"),
    )
    assert number_of(found["bahdanau.step"].source) == "1"


def test_a_labelled_cell_may_define_its_function_in_any_way(tmp_path: Path) -> None:
    source = "table = {1: abs}\nadditive_score = table[1]"
    answer = answers(tmp_path, code(source, "02-scores"))["bahdanau.scores"]
    assert answer.flags == ()


@pytest.mark.parametrize(
    "scratch", ["step = 3", "step = data[0]", "step = model.step", "step += 1"]
)
def test_a_variable_called_as_a_function_is_no_answer(scratch: str, tmp_path: Path) -> None:
    given = "def step(model):\n    return 1"
    found = answers(tmp_path, code(given, "02-step"), scratch)
    assert found["bahdanau.step"].source == given
    assert found["bahdanau.step"].flags == ()


@pytest.mark.parametrize(
    "source",
    [
        "if True:\n    def additive_score(q, k, v):\n        return 1",
        "try:\n    pass\nfinally:\n    def additive_score(q, k, v):\n        return 1",
        "with open('x') as f:\n    def additive_score(q, k, v):\n        return 1",
        "@property\ndef additive_score(q, k, v):\n    return 1",
        "async def additive_score(q, k, v):\n    return 1",
        "additive_score = lambda q, k, v: 1",
        "additive_score: object = lambda q, k, v: 1",
        "def mine(q, k, v):\n    return 1\nadditive_score = mine",
        "import functools\nadditive_score = functools.partial(print)",
        "class additive_score:\n    pass",
        "from torch import add as additive_score",
        "match 1:\n    case _:\n        def additive_score(q, k, v):\n            return 1",
        "%%time\ndef additive_score(q, k, v):\n    return 1",
    ],
)
def test_ways_to_define_a_function(source: str, tmp_path: Path) -> None:
    found = answers(tmp_path, source)
    assert [(a.question, a.how) for a in found.values()] == [("bahdanau.scores", How.NAME)]


def test_a_method_or_an_inner_function_is_no_answer(tmp_path: Path) -> None:
    inner = "def f():\n    def additive_score(q, k, v):\n        return 1"
    found = answers(tmp_path, inner, "class C:\n    def additive_score(self): pass", SOFTMAX)
    assert list(found) == ["bahdanau.masked_softmax"]


def test_a_labelled_cell_that_does_not_define_the_function(tmp_path: Path) -> None:
    found = answers(tmp_path, code("def my_score(q, k, v):\n    return 1", "02-scores"))
    answer = found["bahdanau.scores"]
    assert answer.flags == ("cell 1 does not define additive_score",)
    assert answer.unreadable == ""


@pytest.mark.parametrize("grade_id", ["02-scores", ""])
def test_of_what_is_no_python_is_told_where_and_why(grade_id: str, tmp_path: Path) -> None:
    broken = "%matplotlib inline\n\ndef additive_score(query, keys, v):\n    return (1\n"
    answer = answers(tmp_path, SOFTMAX, code(broken, grade_id))["bahdanau.scores"]
    assert answer.unreadable == "cell 2, line 4: '(' was never closed"
    assert answer.source == broken


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("return 1\n" + SCORES, "cell 1, line 1: 'return' outside function"),
        ("%%writefile a.py\n" + SCORES, "cell 1, line 1: a cell of %%writefile is not Python"),
        (SCORES + "x = " + "(" * 250 + ")" * 250, "cell 1, line 3: "),
        (SCORES + "x = '\0'", "cell 1"),
        (SCORES + "x = " + "1+" * 50_000 + "1", "cell 1: it is nested too deeply"),
        (SCORES + "x = " + "9" * 5000, "cell 1, line 3: "),
    ],
)
def test_what_python_refuses(source: str, why: str, tmp_path: Path) -> None:
    answer = answers(tmp_path, code(source, "02-scores"))["bahdanau.scores"]
    assert answer.unreadable.startswith(why)


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("label", ["02-scores", ""])
def test_an_answer_where_nothing_runs_is_flagged_and_not_found(
    kind: str, label: str, tmp_path: Path
) -> None:
    cell = {**code(SCORES, label), "cell_type": kind}
    submission = one(tmp_path, notebook(SOFTMAX, cell))
    assert list(submission.answers) == ["bahdanau.masked_softmax"]
    assert submission.flags == (
        f"cell 2 is a {kind} cell and seems to answer bahdanau.scores: it does not count",
    )


def edited(made: Json) -> None:
    for cell in made["cells"]:
        if str(cell["metadata"].get("nbgrader", {}).get("grade_id")).endswith("-check"):
            cell["source"] = "print('all points')"


def deleted(made: Json) -> None:
    made["cells"] = [
        cell for cell in made["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")
    ]


def duplicated(made: Json) -> None:
    made["cells"] += [c for c in made["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]


def broken(made: Json) -> None:
    made["cells"][place(made, "02-scores-check")]["source"] = "check(("


def shuffled(made: Json) -> None:
    made["cells"].reverse()


@pytest.mark.parametrize("change", [edited, deleted, duplicated, broken, shuffled])
def test_check_cells_do_not_matter(change: object, tmp_path: Path) -> None:
    made = solved()
    change(made)  # type: ignore[operator]
    assert one(tmp_path / "a", made).answers == one(tmp_path / "b", solved()).answers


def test_answers_in_one_cell_are_taken_apart(tmp_path: Path) -> None:
    uses = "def masked_softmax(scores, mask):\n    return additive_score(1, 2, 3)\n"
    found = answers(tmp_path, SCORES + "\n" + uses)
    assert "masked_softmax" not in found["bahdanau.scores"].source
    assert "def additive_score" in found["bahdanau.masked_softmax"].source
    assert not any(answer.flags for answer in found.values())


def test_calls_of_the_checks_are_not_part_of_an_answer(tmp_path: Path) -> None:
    calls = 'check(\n    "bahdanau.scores", additive_score\n); x = 1\nif x:\n    progress("a")\n'
    source = answers(tmp_path, SCORES + calls + "raise ValueError")["bahdanau.scores"].source
    assert source == SCORES + "pass; x = 1\n\n\nif x:\n    pass\nraise ValueError"
    own = SCORES + "def check(*a):\n    pass\ncheck(1)"
    assert answers(tmp_path / "b", own)["bahdanau.scores"].source == own


def test_which_exercise_it_is(tmp_path: Path) -> None:
    made = solved("encoder_decoder")
    made["cells"] = [*made["cells"], code("def step(x):\n    return 1")]
    submission = one(tmp_path, made)
    assert (submission.exercise, submission.flags) == ("encoder_decoder", ())


def test_two_exercises_in_one_notebook_are_two_submissions(tmp_path: Path) -> None:
    made = solved()
    made["cells"] += solved("encoder_decoder")["cells"]
    for path, both in ((tmp_path / "a", made), (tmp_path / "b", without_labels(made))):
        collected = hand_in(path, both)
        assert [(s.exercise, len(s.answers)) for s in collected.submissions] == [
            ("encoder_decoder", 6),
            ("bahdanau", 8),
        ]
        for submission in collected.submissions:
            assert submission.flags == (
                "the notebook holds answers of several exercises: bahdanau, encoder_decoder",
            )


@pytest.mark.parametrize("cells", [[], ["x = 1"], ["def f(): pass", "%%bash\nls", "a b"]])
def test_a_notebook_without_any_answer_is_unreadable(cells: list[str], tmp_path: Path) -> None:
    collected = hand_in(tmp_path, notebook(*cells))
    assert collected.submissions == []
    (unreadable,) = collected.unreadable
    assert (unreadable.student, unreadable.path) == ("anna", "anna/notebook.ipynb")
    assert unreadable.why == "no cell of it answers a question of any exercise"
