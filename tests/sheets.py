"""An exercise as its tests have it: its text, what the text shows, and what is said of answers.

SHEET = Sheet("luong")
assert SHEET.examined("general", answer).mistake == "transposed"
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import notebooks
from attention_course.exercises import registry
from attention_course.exercises.checking import SEED
from attention_course.exercises.judging import Verdict, examine


class Sheet:
    """The exercise of this name, with `text`, the source of its solved notebook."""

    def __init__(self, name: str) -> None:
        self.name = name
        notebook = registry.exercise(name).notebook
        self._source = notebooks.ROOT / "exercises" / "solutions" / f"{notebook}.md"
        self.text = self._source.read_text(encoding="utf-8")

    def shown(self, name: str) -> Any:
        """A function that the text shows, beside others that are no answers."""
        namespace: dict[str, Any] = {}
        for cell in notebooks.notebook_from(self._source).cells:
            if cell.cell_type == "code" and cell.source.startswith(("import ", "from ", "def ")):
                exec(cell.source, namespace)
        return namespace[name]

    def examined(self, name: str, answer: Callable[..., object], seed: int = SEED) -> Verdict:
        """What is said of an answer to the question of this name."""
        return examine(registry.question(f"{self.name}.{name}"), answer, seed)
