"""The notebooks of the exercises agree with the questions, and each answer stands by itself.

That nbval sees the same is tested where the generated notebooks are.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import notebooks
import pytest
import torch
from attention_course.exercises import registry
from attention_course.exercises.bahdanau import reading, train
from attention_course.exercises.bahdanau.step import slow_step
from attention_course.exercises.question import Exercise, Question
from nbformat import NotebookNode

SOURCES = {
    1: notebooks.ROOT / "exercises" / "solutions" / "01-encoder-decoder.md",
    2: notebooks.ROOT / "exercises" / "solutions" / "02-bahdanau.md",
}
EXERCISES = [registry.exercise(name) for name in registry.names()]
STARS = {1: "★☆☆", 2: "★★☆", 3: "★★★"}


def source(exercise: Exercise) -> Path:
    return SOURCES[exercise.number]


def code(exercise: Exercise) -> list[NotebookNode]:
    cells = notebooks.notebook_from(source(exercise)).cells
    return [cell for cell in cells[1:] if cell.cell_type == "code"]


def flags(cell: NotebookNode) -> dict[str, object]:
    return dict(cell.metadata.get("nbgrader", {}))


def run(cells: list[NotebookNode]) -> dict[str, str]:
    """What each check cell printed, in one fresh namespace for all cells."""
    namespace: dict[str, object] = {}
    printed = {}
    for cell in cells:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(cell.source, namespace)
        if flags(cell).get("grade"):
            printed[cell.id] = out.getvalue()
    return printed


@pytest.fixture
def quick_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two batches and no demands: here it only matters whether an answer is there."""
    monkeypatch.setattr(train, "SENTENCES", 64)
    monkeypatch.setattr(train, "ENOUGH", 0.0)
    monkeypatch.setattr(train, "LIMITS", {"loss": 100.0})


def stubbed(exercise: Exercise, answers: set[str]) -> list[NotebookNode]:
    cells = code(exercise)
    for cell in cells:
        if cell.id in answers:
            cell.source = notebooks.without_solution(cell.source)
    return cells


def full_marks(question: Question) -> str:
    return f"{question.name}: {len(question.cases)} of {len(question.cases)} checks\n"


def test_every_exercise_has_its_source() -> None:
    assert sorted(SOURCES) == sorted(exercise.number for exercise in EXERCISES)
    folder = notebooks.ROOT / "exercises" / "solutions"
    assert sorted(folder.glob("*.md")) == sorted(SOURCES.values())


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_cells_are_those_of_the_questions(exercise: Exercise) -> None:
    graded = [cell for cell in code(exercise) if flags(cell)]
    expected = []
    for question in exercise.questions:
        grade_id = f"{exercise.number:02}-{question.name}"
        expected += [(grade_id, None), (f"{grade_id}-check", question.points)]
    assert [(cell.id, flags(cell).get("points")) for cell in graded] == expected
    for answer, checked, question in zip(
        graded[::2], graded[1::2], exercise.questions, strict=True
    ):
        assert flags(answer) == {
            "schema_version": 3,
            "grade_id": answer.id,
            "grade": False,
            "locked": False,
            "solution": True,
        }
        assert flags(checked) == {
            "schema_version": 3,
            "grade_id": checked.id,
            "grade": True,
            "locked": True,
            "solution": False,
            "points": question.points,
        }
        assert checked.metadata.tags == ["nbval-check-output"]
        assert answer.source.splitlines()[0] == f"# exercise: {question.id}"
        assert f"\ndef {question.answer}(" in answer.source
        assert checked.source == f'check("{question.id}", {question.answer})'


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_text_gives_points_difficulty_and_minutes(exercise: Exercise) -> None:
    text = source(exercise).read_text(encoding="utf-8")
    heads = re.findall(r"\*\*(\d+) points\*\* · difficulty (\S+) · about (\d+) minutes", text)
    expected = [(str(q.points), STARS[q.difficulty], str(q.minutes)) for q in exercise.questions]
    assert heads == expected
    assert f"{exercise.points} points" in text
    counts = {6: "six", 8: "eight"}
    assert f"has {counts[len(exercise.questions)]} questions" in text
    for question in exercise.questions:
        assert f"\n## {question.title}\n" in text


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_every_answer_says_what_comes_in_and_out(exercise: Exercise) -> None:
    for cell in code(exercise):
        if flags(cell).get("solution"):
            assert '"""' in cell.source
            assert "->" in cell.source
            assert "Returns:" in cell.source or "-> None" in cell.source
            assert cell.source.count(notebooks.BEGIN) == cell.source.count(notebooks.END) == 1


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_solved_has_full_marks(exercise: Exercise, quick_training: None) -> None:
    printed = run(code(exercise))
    assert list(printed.values()) == [full_marks(question) for question in exercise.questions]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_unsolved_runs_and_has_no_marks(exercise: Exercise, quick_training: None) -> None:
    answers = {cell.id for cell in code(exercise) if flags(cell).get("solution")}
    for line, question in zip(
        run(stubbed(exercise, answers)).values(), exercise.questions, strict=True
    ):
        assert line.startswith(f"{question.name}: hint: not written yet")


@pytest.mark.parametrize(
    ("exercise", "missing"),
    [pytest.param(e, q, id=q.id) for e in EXERCISES for q in e.questions],
)
def test_a_missing_answer_loses_its_own_checks_alone(
    exercise: Exercise, missing: Question, quick_training: None
) -> None:
    printed = run(stubbed(exercise, {f"{exercise.number:02}-{missing.name}"}))
    for line, question in zip(printed.values(), exercise.questions, strict=True):
        assert (line == full_marks(question)) is (question is not missing)


def test_the_solved_training_is_the_reference_of_its_check() -> None:
    """The quick version above says nothing about what is learnt; the real one is nbval's."""
    assert train.SENTENCES >= 10_000
    assert train.ENOUGH == 0.7
    text = source(registry.exercise("bahdanau")).read_text(encoding="utf-8")
    batches = train.SENTENCES // 32
    assert f"{batches} batches of 32 short English sentences" in text
    assert f"at least {100 * train.ENOUGH:.0f} % of {train.UNSEEN} sentences" in text


def test_the_table_of_weights_is_that_of_the_question() -> None:
    text = source(registry.exercise("bahdanau")).read_text(encoding="utf-8")
    rows = re.findall(r"\| \*\*(\w+)\*\* \| ([\d. |]+) \|", text)
    assert tuple(word for word, _ in rows) == reading.TARGET
    table = tuple(tuple(float(cell) for cell in row.split(" | ")) for _, row in rows)
    assert table == reading.WEIGHTS
    head = next(line for line in text.splitlines() if line.startswith("| | the |"))
    words = tuple(word.strip(" `") for word in head.strip("|").split("|"))[1:]
    assert words == reading.SOURCE
    links = re.findall(r"(\w+)–(\w+)", text[text.index("has seven links") :].splitlines()[0])
    found = {(reading.TARGET.index(t), reading.SOURCE.index(s)) for t, s in links}
    assert found == reading.GOLD


def test_the_slow_step_in_the_text_is_that_of_the_question() -> None:
    namespace: dict[str, object] = {}
    cells = code(registry.exercise("bahdanau"))
    exec(cells[0].source, namespace)
    exec(next(c.source for c in cells if c.source.startswith("def slow_step")), namespace)
    shown = namespace["slow_step"]
    for inputs in registry.question("bahdanau.step").draw(3):
        model, annotations, mask, tokens = inputs.values()
        prefix = None
        for token in tokens.T:
            expected, _ = slow_step(model, annotations, mask, token, prefix)
            logits, prefix = shown(model, annotations, mask, token, prefix)  # type: ignore[operator]
            assert torch.equal(logits, expected)


def test_the_broken_softmax_in_the_text_is_the_known_mistake() -> None:
    namespace: dict[str, object] = {}
    cells = code(registry.exercise("bahdanau"))
    exec(cells[0].source, namespace)
    exec(next(c.source for c in cells if c.source.startswith("def broken")), namespace)
    question = registry.question("bahdanau.masked_softmax")
    given = next(m for m in question.mistakes if m.name == "as given")
    for inputs in question.draw(3):
        shown = namespace["broken_masked_softmax"](*inputs.values())  # type: ignore[operator]
        torch.testing.assert_close(shown, given.answer(*inputs.values()), equal_nan=True)
