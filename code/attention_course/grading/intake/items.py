"""What is found in what was handed in, and what is left out of it.

Left out are hidden files and folders, Jupyter's checkpoints, what macOS and Windows add, Moodle's
online texts, and files that are neither notebooks nor archives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attention_course.grading.intake import names
from attention_course.grading.intake.files import CannotRead
from attention_course.grading.intake.names import Owner

_JUNK = {"__macosx", "thumbs.db", "desktop.ini", "__pycache__"}
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")


@dataclass(frozen=True)
class Notebook:
    """A notebook that was found.

    Attributes:
        owner: whose it is.
        path: inside the folder, "/" between the parts.
        modified: when, in seconds since 1970; in an archive, what the archive says.
        data: its bytes.
        private: what an instructor should know, and nobody else.
    """

    owner: Owner
    path: str
    modified: float
    data: bytes
    private: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Something that cannot be read: whose, where, why."""

    owner: Owner
    path: str
    why: str


@dataclass(frozen=True)
class Ignored:
    """Something that was left out by a rule."""

    path: str
    why: str


Item = Notebook | Problem | Ignored


def left_out(parts: Sequence[str]) -> str:
    """The rule by which something is left out that has these folders and this name, or ""."""
    for part in parts:
        if part.lower() in _JUNK:
            return "added by the system"
        if part == ".ipynb_checkpoints":
            return "Jupyter's checkpoint"
        if part.startswith(".") and part not in (".", "..") and not names.is_moodle(part):
            return "hidden"
    return "Moodle's online text" if names.is_online_text(parts) else ""


def is_archive(name: str) -> bool:
    """Whether a file is an archive that can be read, by its name."""
    return name.lower().endswith(".zip")


def counts(name: str) -> bool:
    """Whether a file with this name is a notebook or may hold some.

    Raises:
        CannotRead: it may, but in an archive of another kind than zip.
    """
    if name.lower().endswith(_OTHER_ARCHIVES):
        kind = name.rpartition(".")[2]
        raise CannotRead(f"it is an archive of another kind ({kind}), expected zip")
    return names.is_notebook(name) or is_archive(name)


def path(parts: Sequence[str]) -> str:
    """A path as it is shown."""
    return names.shown("/".join(parts))
