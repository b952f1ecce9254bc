"""The beginning of an exercise: a package of questions and the solved notebook's source."""

from __future__ import annotations

import json
import keyword
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from attention_course.authoring.loading import load

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Made:
    """The files that were written, and the name of the notebooks that will be made from them."""

    files: tuple[Path, ...]
    notebook: str


def make(root: Path, name: str, number: int | None = None, title: str | None = None) -> Made:
    """Writes a new exercise with one example question.

    Args:
        root: the checkout.
        name: of the package and in the questions' ids.
        number: of the chapter; by default the next after those of all exercises.
        title: of the chapter's topic; by default the name.

    Raises:
        ValueError: the name is none that a package can have, or name or number is taken.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ValueError(
            f"the name is {name!r}, expected an identifier in lower case, for example 'luong' or "
            "'show_attend_tell'"
        )
    others = _numbers(root)
    if number is None:
        number = max(others, default=0) + 1
    if number in others:
        raise ValueError(f"number {number} is that of exercise {others[number]!r}")
    topic = title or name.replace("_", " ").capitalize()
    if "\n" in topic:
        raise ValueError(f"the title is {title!r}, expected one line")
    prefix = f"{number:02}"
    notebook = f"{prefix}-{name.replace('_', '-')}"
    folder = root / "code" / "attention_course" / "exercises"
    solution = root / "exercises" / "solutions" / f"{notebook}.md"
    for path in (folder / name, folder / f"{name}.py"):
        if path.exists():
            raise ValueError(f"{path.relative_to(root)} exists: choose another name than {name!r}")
    package = "attention_course.exercises"
    imports = [
        f"from {package}.question import Exercise",
        f"from {package}.{name} import weighted_sum",
    ]
    words = {
        "number": str(number),
        "prefix": prefix,
        "name": name,
        "topic": topic,
        "title": _literal(topic),
        "imports": "\n".join(sorted(imports)),
    }
    files = {
        folder / name / "__init__.py": f'"""Exercise {number}."""\n',
        folder / name / "exercise.py": _filled("exercise.py.txt", words),
        folder / name / "weighted_sum.py": _filled("weighted_sum.py.txt", words),
        solution: _filled("solution.md.txt", words),
    }
    (folder / name).mkdir()
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return Made(tuple(files), notebook)


def _numbers(root: Path) -> dict[int, str]:
    """The numbers that are taken, with the exercises that have them.

    Those that cannot be imported, half written as they may be, have a source all the same.
    """
    sources = (root / "exercises" / "solutions").glob("[0-9][0-9]-*.md")
    taken = {int(path.stem[:2]): path.stem[3:].replace("-", "_") for path in sources}
    return taken | {exercise.number: exercise.name for exercise in load()[0]}


def _literal(text: str) -> str:
    """The text as Python's own formatter would write it."""
    return repr(text) if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)


def _filled(template: str, words: dict[str, str]) -> str:
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(words)
