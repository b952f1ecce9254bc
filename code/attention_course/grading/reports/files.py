"""Files that are whole or not there, that keep their times where nothing changed, and a manifest.

The manifest names what was written with the SHA-256 of its content. What an earlier run wrote and
this one did not is removed, if it still is what was written; everything else stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from pathlib import Path

from attention_course.grading.reports.names import folded

MANIFEST = ".reports.json"
# The only places where files come and go with students.
_REMOVABLE = re.compile(r"(feedback|gradescope)/[^/\\]+/[^/\\]+")


class Folder:
    """A folder of reports while they are written.

    Args:
        path: the folder; it is made where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._digests: dict[str, str] = {}

    @property
    def written(self) -> list[Path]:
        """The files of this run, in order, changed or not."""
        return [self.path / name for name in self._digests]

    def write(self, name: str, content: bytes) -> None:
        """Writes a file if its content is another than what is there.

        Args:
            name: its path inside the folder, with "/" between its parts.
            content: all of it.

        Raises:
            OSError: it could not be written; the error names the file. What was there still is.
        """
        if name in self._digests:
            raise ValueError(f"{name} is written twice in one run")
        replace(self.path / name, content)
        self._digests[name] = hashlib.sha256(content).hexdigest()

    def finish(self) -> None:
        """Removes what an earlier run wrote and this one did not; writes the manifest."""
        kept = {folded(name): self.path / name for name in self._digests}
        for name, digest in _manifest(self.path).items():
            if name not in self._digests and _REMOVABLE.fullmatch(name):
                _remove(self.path, name, digest, kept.get(folded(name)))
        listed = json.dumps(self._digests, indent=1)
        replace(self.path / MANIFEST, f"{listed}\n".encode())


def replace(path: Path, content: bytes) -> None:
    """Puts content into a file, whole or not at all; leaves a file alone that holds it already."""
    try:
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size == len(content) and path.read_bytes() == content:
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        # Always the same name, so that what a killed run left behind is used up by the next.
        beside = path.with_name(f".{path.name}.part")
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        # a full disk is noticed by write() and fsync(), which know no name
        raise type(error)(error.errno, error.strerror, str(path)) from error


def _manifest(folder: Path) -> dict[str, str]:
    """What the last run wrote; nothing where the manifest is missing or is none."""
    try:
        stored = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(stored, dict):
        return {}
    return {name: digest for name, digest in stored.items() if isinstance(digest, str)}


def _remove(folder: Path, name: str, digest: str, twin: Path | None) -> None:
    """Removes a file that still is what was written, and its folder if it is then empty.

    `twin` is a file of this run under a name that may be the same to this file system.
    """
    path = folder / name
    if ".." in path.parts or path.parent.is_symlink() or path.parent.parent.is_symlink():
        return
    try:
        if twin is not None and path.samefile(twin):
            return
        if path.is_symlink() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return  # somebody else's by now
        path.unlink()
        path.parent.rmdir()
    except OSError:
        return  # gone already, or its folder holds other things
