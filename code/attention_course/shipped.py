"""Finds files of the course that are no code: results and notebooks.

In the repository they lie in folders of its root; an installed package has brought copies along,
as `pyproject.toml` lists them.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def find(file: str) -> Path:
    """Where a file lies.

    Args:
        file: its path from the repository's root, for example "results/02-bahdanau.json".

    Returns:
        The path of the file. If there is none, of the place in the repository where it would be.
    """
    here = REPOSITORY / file
    return next((path for path in (here, *_installed(file)) if path.is_file()), here)


def _installed(file: str) -> list[Path]:
    try:
        files = metadata.files("attention-course") or []
    except metadata.PackageNotFoundError:
        return []
    end = f"share/attention-course/{file}"
    return [Path(str(path.locate())).resolve() for path in files if path.as_posix().endswith(end)]
