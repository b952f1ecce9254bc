"""The papers' claims as experiments: run over several seeds, stored with their provenance.

Each module is one experiment and has a function ``run``, which `attention-course replicate` calls.
Chapters read what came out with `read`.
"""

from __future__ import annotations

import json
from typing import Any

from attention_course import shipped


def read(name: str) -> dict[str, Any]:
    """The stored results of an experiment, for example ``read("02-bahdanau")``.

    From `results/` in the repository, or from the copy that an installed package brings along.

    Returns:
        experiment, provenance, settings and rows, as `records.measure` wrote them.

    Raises:
        FileNotFoundError: there is no such file.
    """
    path = shipped.find(f"results/{name}.json")
    if path.is_file():
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return stored
    here = sorted(other.stem for other in path.parent.glob("*.json"))
    raise FileNotFoundError(
        f"there are no results named {name!r} in {path.parent}, expected one of {here}; "
        "`attention-course replicate` makes them"
    )
