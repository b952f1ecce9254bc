"""Notebooks as a class hands them in: honest ones, and those of the hostile corpus.

A file of the corpus is the source of one answer's cell, behind a docstring that says what it does
and what is expected of it, in lines "name: value":

    question: which it answers, "exercise.name"; chapter 2's where it is a name alone, and "scores"
        where nothing is said.
    expect: reason code and points; several of either, where it depends on the machine, with "|".
    hint: a regular expression that is found in the hint.
    copies: how many submissions hold it; 1 where it is not said.
    seconds: CPU seconds that it may use; 1 where it is not said.
    known: why it still gains something, where it does.

Words in @ are replaced where the class is made, by paths, ports and other things of the test;
@CALLER@ by a function that finds a name in the frames that called it.
"""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attention_course.exercises import published, registry

Notebook = dict[str, Any]

HOSTILE = Path(__file__).with_name("hostile")
CALLER = """
def caller(name):
    frame = sys._getframe()
    while frame is not None:
        if name in frame.f_locals:
            return frame.f_locals[name]
        frame = frame.f_back
    raise LookupError(f"no {name}")
""".strip()
LONG = {"train"}  # questions whose right answer computes for a minute


@functools.cache
def _read(path: Path) -> Notebook:
    return json.loads(path.read_text(encoding="utf-8"))


def answer_cell(notebook: Notebook, exercise: str, question: str) -> dict[str, Any]:
    """The cell that answers a question, by nbgrader's id."""
    found = registry.exercise(exercise)
    wanted = found.grade_id(registry.question(f"{exercise}.{question}"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == wanted:
            return cell
    raise LookupError(f"no cell of the notebook is {wanted}")


def right(exercise: str, question: str) -> str:
    """The source of the right answer's cell."""
    cell = answer_cell(_read(published.solved(exercise)), exercise, question)
    return "".join(cell["source"])


def notebook(exercise: str = "bahdanau", answers: Mapping[str, str] | None = None) -> Notebook:
    """The learner's notebook with right answers, but for those that take long, and those given.

    Args:
        exercise: its name.
        answers: sources of the cells of some questions, by name.
    """
    made = copy.deepcopy(_read(published.learners(exercise)))
    for question in registry.exercise(exercise).questions:
        if answers and question.name in answers:
            source = answers[question.name]
        elif question.name in LONG:
            continue
        else:
            source = right(exercise, question.name)
        answer_cell(made, exercise, question.name)["source"] = source
    return made


def hand_in(folder: Path, student: str, handed: Notebook, exercise: str = "bahdanau") -> Path:
    """Writes a notebook where a class hands it in: folder/student/02-bahdanau.ipynb."""
    path = folder / student / f"{registry.exercise(exercise).notebook}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(handed), encoding="utf-8")
    return path


# --- the hostile corpus -----------------------------------------------------------------------


@dataclass(frozen=True)
class Hostile:
    """One answer of the hostile corpus; see the top of this module."""

    name: str
    source: str
    exercise: str
    question: str
    reasons: tuple[str, ...]
    points: tuple[float, ...]
    hint: str
    copies: int
    seconds: float
    known: str


def hostile() -> list[Hostile]:
    """The whole corpus, by name; what is no Python by itself is a .txt."""
    paths = [*HOSTILE.rglob("*.py"), *HOSTILE.rglob("*.txt")]
    return [_hostile(path) for path in sorted(paths)]


def _hostile(path: Path) -> Hostile:
    text = path.read_text(encoding="utf-8")
    found = re.fullmatch(r'"""(.*?)\n"""\n(.*)', text, re.DOTALL)
    if found is None:
        raise ValueError(f"{path} begins with no docstring that ends in a line of its own")
    said = dict(re.findall(r"^(\w+): (.*)$", found[1], re.MULTILINE))
    reasons, _, points = said.pop("expect").rpartition(" ")
    exercise, _, question = said.pop("question", "scores").rpartition(".")
    made = Hostile(
        name=path.relative_to(HOSTILE).with_suffix("").as_posix(),
        source=found[2],
        exercise=exercise or "bahdanau",
        question=question,
        reasons=tuple(reasons.split("|")),
        points=tuple(map(float, points.split("|"))),
        hint=said.pop("hint", ""),
        copies=int(said.pop("copies", "1")),
        seconds=float(said.pop("seconds", "1")),
        known=said.pop("known", ""),
    )
    if said:
        raise ValueError(f"{path} says {', '.join(said)}, which means nothing")
    return made


def filled(source: str, words: Mapping[str, str]) -> str:
    """A source with the words in @ replaced.

    Raises:
        KeyError: there is nothing for one of them.
    """
    known = {"CALLER": CALLER, **words}
    return re.sub(r"@([A-Z ]+)@", lambda found: known[found[1]], source)
