"""The papers' claims as experiments: run over several seeds, stored with their provenance.

Each module is one experiment and has a function ``run``, which `attention-course replicate` calls.
Chapters read what came out with `read`.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]


def read(name: str) -> dict[str, Any]:
    """The stored results of an experiment, for example ``read("02-bahdanau")``.

    From `results/` in the repository, or from the copy that an installed package brings along.

    Returns:
        experiment, provenance, settings and rows, as `records.measure` wrote them.

    Raises:
        FileNotFoundError: there is no such file.
    """
    found = [REPOSITORY / "results" / f"{name}.json", *_installed(f"{name}.json")]
    for path in found:
        if path.is_file():
            stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return stored
    here = sorted(path.stem for path in (REPOSITORY / "results").glob("*.json"))
    raise FileNotFoundError(
        f"there are no results named {name!r} in {found[0].parent}, expected one of {here}; "
        "`attention-course replicate` makes them"
    )


def _installed(file: str) -> list[Path]:
    try:
        files = metadata.files("attention-course") or []
    except metadata.PackageNotFoundError:
        return []
    return [Path(str(path.locate())) for path in files if path.name == file]
