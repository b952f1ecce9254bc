"""Notices when an answer uses, while it runs, a name that it must not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Tripwires:
    """The barred names, and which of them the code in a namespace was seen to use."""

    def __init__(self, barred: Sequence[str], namespace: dict[str, Any]) -> None:
        self.barred = tuple(barred)
        self.namespace = namespace
        self.tripped: set[str] = set()

    def lay(self) -> None:
        """Lays the wires; to be called after the setup and before the answer."""
