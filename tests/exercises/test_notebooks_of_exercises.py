"""What single notebooks say agrees with what their questions do.

What holds of the notebooks of every exercise is proved in test_notebooks.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import notebooks
import torch
from attention_course.exercises import registry, writing
from attention_course.exercises.bahdanau import reading, train
from attention_course.exercises.bahdanau.incremental import slow_step
from attention_course.exercises.question import Exercise
from nbformat import NotebookNode


def source(exercise: Exercise) -> Path:
    return notebooks.ROOT / "exercises" / "solutions" / f"{exercise.notebook}.md"


def code(exercise: Exercise) -> list[NotebookNode]:
    cells = notebooks.notebook_from(source(exercise)).cells
    return [cell for cell in cells[1:] if cell.cell_type == "code"]


def test_every_exercise_has_its_source() -> None:
    sources = [source(registry.exercise(name)) for name in registry.names()]
    assert sorted(sources[0].parent.glob("*.md")) == sorted(sources)


def test_the_solved_training_is_the_reference_of_its_check() -> None:
    """What the text promises of it is what the check demands."""
    assert train.SENTENCES >= 10_000
    assert writing.ENOUGH == 0.7
    text = source(registry.exercise("bahdanau")).read_text(encoding="utf-8")
    batches = train.SENTENCES // 32
    assert f"{batches} batches of 32 short English sentences" in text
    assert f"at least {100 * writing.ENOUGH:.0f} % of {train.UNSEEN} sentences" in text


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
        model, annotations, mask, tokens, *_ = inputs.values()
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
