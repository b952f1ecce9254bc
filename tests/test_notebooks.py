"""The generated notebooks: in step with their sources, and true to the outputs they promise."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import notebooks
import pytest
from attention_course.authoring.proofs import notebooks as of_notebooks
from attention_course.authoring.proofs import runs
from attention_course.authoring.proofs.common import Problems
from attention_course.authoring.proofs.notebooks import Notebooks
from attention_course.exercises import registry
from attention_course.exercises.question import Exercise, Question
from attention_course.grading.nbval import outcomes
from browser import ROOT
from nbformat import NotebookNode
from refused_metadata import REFUSED

CHAPTERS = sorted((ROOT / "book").glob("[0-9][0-9]-*.ipynb"))
EXERCISES = [registry.exercise(name) for name in registry.names()]


def apart(name: str, *values: object) -> object:
    """A parameter whose test runs in a process of its own: it takes a kernel and its time."""
    return pytest.param(*values, id=name, marks=pytest.mark.xdist_group(name))


def test_there_is_something_to_test() -> None:
    assert CHAPTERS
    assert len(EXERCISES) >= 2


def test_notebooks_are_in_step_with_their_sources() -> None:
    assert notebooks.check() == []


# nbval, and what else is proved of the notebooks of every exercise


@pytest.mark.parametrize("path", [apart(str(path), path) for path in CHAPTERS])
def test_a_chapter_keeps_its_promises(path: Path, tmp_path: Path) -> None:
    ran = outcomes(path, tmp_path, strict=False)
    assert {cell: words for cell, words in ran.items() if words != "passed"} == {}


@pytest.mark.parametrize(
    "proof",
    [
        of_notebooks.cells_are_the_questions,
        of_notebooks.checks_promise_full_marks,
        of_notebooks.answers_are_hidden,
        of_notebooks.text_agrees,
    ],
    ids=lambda proof: proof.__name__,
)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_the_notebooks_of_every_exercise(
    exercise: Exercise, proof: Callable[[Notebooks], Problems]
) -> None:
    assert list(proof(Notebooks.of(exercise))) == []


@pytest.mark.parametrize("exercise", [apart(f"{e.name} solved", e) for e in EXERCISES])
def test_a_solved_exercise_passes(exercise: Exercise) -> None:
    assert list(runs.solved_passes(Notebooks.of(exercise))) == []


@pytest.mark.parametrize("exercise", [apart(f"{e.name} unsolved", e) for e in EXERCISES])
def test_an_unsolved_exercise_fails_exactly_its_checks(exercise: Exercise) -> None:
    assert list(runs.unsolved_fails_its_checks(Notebooks.of(exercise))) == []


@pytest.mark.parametrize(
    ("exercise", "question"),
    [apart(f"{q.id} missing", e, q) for e in EXERCISES for q in e.questions],
)
def test_a_missing_answer_fails_its_own_check_alone(exercise: Exercise, question: Question) -> None:
    assert list(runs.a_stub_loses_its_own_points(Notebooks.of(exercise), question)) == []


# nbval must see what it is trusted to see


def tiny(*cells: NotebookNode) -> NotebookNode:
    return nbformat.v4.new_notebook(
        cells=list(cells),
        metadata={"kernelspec": {"display_name": "Python 3", "name": "python3"}},
    )


def promise(source: str, printed: str) -> NotebookNode:
    return nbformat.v4.new_code_cell(
        source,
        id="kept",
        execution_count=1,
        metadata={"tags": [notebooks.PROMISE]},
        outputs=[nbformat.v4.new_output("stream", name="stdout", text=printed)],
    )


@pytest.mark.parametrize(
    ("cell", "passes"),
    [
        (promise("print('as promised')", "as promised\n"), True),
        (promise("print('otherwise')", "as promised\n"), False),
        (promise("print('as promised'); 1 / 0", "as promised\n"), False),
        (nbformat.v4.new_code_cell("print('anything')", id="kept"), True),
        (nbformat.v4.new_code_cell("1 / 0", id="kept"), False),
    ],
    ids=["kept", "broken", "raises", "not promised", "raises unpromised"],
)
def test_a_broken_promise_is_seen(cell: NotebookNode, passes: bool, tmp_path: Path) -> None:
    nbformat.write(tiny(cell), tmp_path / "tiny.ipynb")
    ran = outcomes(tmp_path / "tiny.ipynb", tmp_path, strict=False)
    assert (ran["kept"] == "passed") is passes


# generation


SOURCE = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# An exercise

The same sentence.

+++

The same sentence.

```{code-cell} ipython3
---
nbgrader: {schema_version: 3, grade_id: q, grade: false, locked: false, solution: true}
---
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
```

```{code-cell} ipython3
---
nbgrader:
  {schema_version: 3, grade_id: q-check, grade: true, locked: true, points: 5, solution: false}
tags: [nbval-check-output]
---
print("q: 1 of 1 checks")
```
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one exercise, where the tools look for theirs."""
    solutions = tmp_path / "exercises" / "solutions"
    solutions.mkdir(parents=True)
    (tmp_path / "book").mkdir()
    (solutions / "09-tiny.md").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    return tmp_path


def executed(source: Path, *outputs: NotebookNode) -> NotebookNode:
    """What a run of the source would give, without a run."""
    notebook = notebooks.notebook_from(source)
    notebook.cells = notebook.cells[1:]  # the setup cell is not in the source
    notebook.cells[-1].outputs = list(outputs)
    return notebook


def stream(text: str) -> NotebookNode:
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def made(house: Path, *outputs: NotebookNode) -> tuple[NotebookNode, NotebookNode]:
    source = house / "exercises" / "solutions" / "09-tiny.md"
    run = executed(source, *(outputs or (stream("q: 1 of"), stream(" 1 checks\n"))))
    solved, learners = notebooks.made_from(source, run).values()
    return solved, learners


def test_ids_depend_on_content_alone(house: Path) -> None:
    solved, learners = made(house)
    again, _ = made(house)
    assert [cell.id for cell in solved.cells] == [cell.id for cell in again.cells]
    assert [cell.id for cell in solved.cells] == [cell.id for cell in learners.cells]
    assert len({cell.id for cell in solved.cells}) == len(solved.cells)
    assert [cell.id for cell in solved.cells][-2:] == ["q", "q-check"]
    source = house / "exercises" / "solutions" / "09-tiny.md"
    source.write_text(SOURCE.replace("# An exercise", "# Another exercise"), encoding="utf-8")
    changed, _ = made(house)
    kept = {cell.id for cell in solved.cells} & {cell.id for cell in changed.cells}
    assert len(kept) == len(solved.cells) - 1


def test_the_setup_cell_comes_first(house: Path) -> None:
    for notebook in made(house):
        assert notebook.cells[0].id == "setup"
        assert notebooks.repository() in notebook.cells[0].source


def test_only_promised_outputs_are_kept_and_in_one_piece(house: Path) -> None:
    solved, learners = made(house)
    for notebook in (solved, learners):
        nbformat.validate(notebook)
        *others, last = notebook.cells
        assert last.outputs == [stream("q: 1 of 1 checks\n")]
        assert all(not cell.get("outputs") for cell in others)
    assert "return 2 * x" in solved.cells[-2].source
    assert learners.cells[-2].source == f"def double(x):\n    {notebooks.STUB}"


def test_only_text_can_be_promised(house: Path) -> None:
    picture = nbformat.v4.new_output("display_data", data={"image/png": "eA=="})
    with pytest.raises(ValueError, match="only text can be promised"):
        made(house, picture)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("### BEGIN SOLUTION\nx = 1", "without ### END"),
        ("x = 1\n### END SOLUTION", "without ### BEGIN"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "a second"),
        (
            "def f():\n### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION",
            "line 2: ### BEGIN SOLUTION is indented by 0 spaces, expected the 4 of",
        ),
    ],
)
def test_unbalanced_marks_are_refused(source: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        notebooks.without_solution(source)


@pytest.mark.parametrize(
    ("removed", "words"),
    [
        (("    ### BEGIN SOLUTION\n", "    ### END SOLUTION\n"), "cell q: no line ### BEGIN"),
        (("    ### BEGIN SOLUTION\n",), "cell q: line 3: ### END SOLUTION without ### BEGIN"),
        (("    ### END SOLUTION\n",), "cell q: line 2: ### BEGIN SOLUTION without ### END"),
    ],
)
def test_an_answer_without_its_marks_is_not_shown(
    house: Path, removed: tuple[str, ...], words: str
) -> None:
    source = house / "exercises" / "solutions" / "09-tiny.md"
    text = SOURCE
    for line in removed:
        text = text.replace(line, "")
    source.write_text(text, encoding="utf-8")
    (problem,) = notebooks.check()
    assert problem.startswith(f"exercises/solutions/09-tiny.md: {words}")
    with pytest.raises(ValueError, match=re.escape(words)):
        made(house)


def test_every_stretch_becomes_a_stub_at_its_own_depth() -> None:
    source = (
        "### BEGIN SOLUTION\na = 1\n### END SOLUTION\nif a:\n"
        "    ### BEGIN SOLUTION\n    b = 2\n    ### END SOLUTION\n    c = 3"
    )
    expected = f"{notebooks.STUB}\nif a:\n    {notebooks.STUB}\n    c = 3"
    assert notebooks.without_solution(source) == expected


def damaged(house: Path, how: str) -> list[str]:
    """What --check says after one thing has gone wrong with the stored notebooks."""
    source = house / "exercises" / "solutions" / "09-tiny.md"
    solved, learners = made(house)
    target = house / "exercises" / "09-tiny.ipynb"
    for path, notebook in ((source.with_suffix(".ipynb"), solved), (target, learners)):
        nbformat.write(copy.deepcopy(notebook), path)
    cells = learners.cells
    if how == "missing":
        target.unlink()
        return notebooks.check()
    if how == "stranger":
        nbformat.write(tiny(), house / "book" / "07-no-source.ipynb")
    elif how == "edited source":
        source.write_text(SOURCE.replace("2 * x", "x + x"), encoding="utf-8")
    elif how == "edited notebook":
        cells[1].source += " And one more."
    elif how == "id":
        cells[1].id = "f00"
    elif how == "order":
        cells[1], cells[2] = cells[2], cells[1]
    elif how == "no output":
        cells[-1].outputs, cells[-1].execution_count = [], None
    elif how == "output without a promise":
        cells[-2].outputs, cells[-2].execution_count = [stream("1")], 1
    elif how == "unreadable":
        text = SOURCE.replace("The same", "{tab}`The` same", 1)
        source.write_text(text, encoding="utf-8")
    elif how == "metadata":
        cells[-1].metadata.nbgrader.points = 50
    if how != "nothing":
        nbformat.write(learners, target)
    return notebooks.check()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("missing", "exercises/09-tiny.ipynb: is missing"),
        ("stranger", "book/07-no-source.ipynb: has no source"),
        ("edited source", "exercises/solutions/09-tiny.ipynb: differs"),
        ("edited notebook", "exercises/09-tiny.ipynb: differs"),
        ("id", "exercises/09-tiny.ipynb: differs"),
        ("order", "exercises/09-tiny.ipynb: differs"),
        ("no output", "cell q-check promises an output and has none"),
        ("output without a promise", "cell q keeps an output that it does not promise"),
        (
            "unreadable",
            "exercises/solutions/09-tiny.md: {tab} on exercises/09-tiny has no plain form",
        ),
        ("metadata", "exercises/09-tiny.ipynb: differs"),
    ],
)
def test_check_finds(house: Path, how: str, words: str) -> None:
    assert any(words in found for found in damaged(house, how))


def test_check_is_content_with_what_was_generated(house: Path) -> None:
    assert damaged(house, "nothing") == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [*REFUSED, ("locked", False, "has to be locked")],
)
def test_wrong_grading_metadata_is_named(house: Path, key: str, value: object, words: str) -> None:
    solved, _ = made(house)
    solved.cells[-1].metadata.nbgrader[key] = value
    assert any(words in found for found in notebooks.problems(solved))


def test_wrong_points_of_an_answer_cell_are_named_too(house: Path) -> None:
    solved, _ = made(house)
    solved.cells[-2].metadata.nbgrader["points"] = -1
    assert any("points is -1" in found for found in notebooks.problems(solved))


def test_missing_grading_metadata_is_named(house: Path) -> None:
    solved, _ = made(house)
    del solved.cells[-1].metadata.nbgrader["locked"]
    del solved.cells[-2].metadata["nbgrader"]
    found = list(notebooks.problems(solved))
    assert any("lacks ['locked']" in words for words in found)
    assert any("has an answer but no nbgrader metadata" in words for words in found)
