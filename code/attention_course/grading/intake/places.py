"""Finds the notebooks in what was handed in: folders, flat files, archives, Moodle's export.

Left out, and listed as such: hidden files and folders, Jupyter's checkpoints, what macOS and
Windows add, Moodle's online texts, and every file that is neither a notebook nor an archive. A
student's folder and an archive without any notebook are reported. What lies in an archive at the
top counts as though it lay in the folder, where it is all that there is; else an archive is one
student's, unless what is in it shows that it is a class's (see `archive_of_class`).
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from attention_course.grading.intake import archives, files, names
from attention_course.grading.intake.archives import Archive, Limits, Member, Spent
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
        flags: what an instructor should know.
    """

    owner: Owner
    path: str
    modified: float
    data: bytes
    flags: tuple[str, ...] = ()


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


def find(handed_in: Path, limits: Limits) -> Iterator[Item]:
    """Everything that was handed in, in the order of the names.

    Raises:
        FileNotFoundError: there is no such folder or file.
    """
    if not handed_in.exists():
        raise FileNotFoundError(f"there is no {handed_in}; expected a folder or a zip archive")
    return _Search(handed_in, limits).items()


class _Search:
    def __init__(self, handed_in: Path, limits: Limits) -> None:
        self.limits = limits
        self.root = handed_in.resolve()
        self.single = not self.root.is_dir()
        self.base = self.root.parent if self.single else self.root

    def items(self) -> Iterator[Item]:
        if self.single:
            yield from self._file((self.root.name,), alone=True)
            return
        top = self._listed(())
        if isinstance(top, Problem):
            yield top
            return
        kept = [name for name in top if not _left_out((name,))]
        for name in top:
            yield from self._entry((name,), alone=len(kept) == 1)

    def _entry(self, parts: tuple[str, ...], alone: bool = False) -> Iterator[Item]:
        why = _left_out(parts)
        if why:
            yield Ignored(_path(parts), why)
            return
        full = self._full(parts)
        if os.path.isdir(full) and not os.path.islink(full):
            found = False
            for item in self._folder(parts):
                found = found or not isinstance(item, Ignored)
                yield item
            if not found and parts != (names.NBGRADER,):
                yield self._problem(parts, "the folder holds no notebook")
        else:
            yield from self._file(parts, alone)

    def _folder(self, parts: tuple[str, ...]) -> Iterator[Item]:
        """Everything below a folder."""
        waiting = [parts]
        while waiting:
            parts = waiting.pop()
            why = _left_out(parts)
            full = self._full(parts)
            if why:
                yield Ignored(_path(parts), why)
            elif os.path.isdir(full) and not os.path.islink(full):
                listed = self._listed(parts)
                if isinstance(listed, Problem):
                    yield listed
                else:
                    waiting += [(*parts, name) for name in reversed(listed)]
            else:
                yield from self._file(parts)

    def _listed(self, parts: tuple[str, ...]) -> list[str] | Problem:
        try:
            return sorted(os.listdir(self._full(parts)))
        except OSError as error:
            return self._problem(parts, files.why(error))

    def _file(self, parts: tuple[str, ...], alone: bool = False) -> Iterator[Item]:
        full = self._full(parts)
        try:
            if os.path.islink(full):
                full = files.target(full, self.base)
            kind = _kind(parts[-1])
            if kind == "notebook":
                data, modified = files.read(full, self.limits.notebook)
                yield Notebook(self._owner(parts), _path(parts), modified, data)
            elif kind == "archive":
                with files.opened(full) as file:
                    yield from self._archive(file, parts, alone)
            elif kind:
                raise CannotRead(kind)
            else:
                yield Ignored(_path(parts), "neither a notebook nor an archive")
        except (CannotRead, OSError) as error:
            why = files.why(error) if isinstance(error, OSError) else str(error)
            yield self._problem(parts, why)

    def _archive(self, file: BinaryIO, parts: tuple[str, ...], alone: bool) -> Iterator[Item]:
        inside = _Inside(self.limits, Spent())
        if len(parts) > 1 or names.is_moodle(parts[0]):
            owner = self._owner(parts)
            yield from inside.items(file, parts, owner, lambda member: owner)
        else:
            yield from inside.top(file, parts, self._owner(parts), alone)

    def _owner(self, parts: tuple[str, ...]) -> Owner:
        return names.owner(parts, self.base.name)

    def _problem(self, parts: tuple[str, ...], why: str) -> Problem:
        return Problem(self._owner(parts or (self.root.name,)), _path(parts) or ".", why)

    def _full(self, parts: tuple[str, ...]) -> str:
        return os.path.join(self.base, *parts)


Whose = Callable[[tuple[str, ...]], Owner]


class _Inside:
    """The notebooks of an archive and of those inside it, one level deep."""

    def __init__(self, limits: Limits, spent: Spent) -> None:
        self.limits, self.spent = limits, spent

    def top(
        self, file: BinaryIO, parts: tuple[str, ...], owner: Owner, alone: bool
    ) -> Iterator[Item]:
        """An archive that lies in no folder."""
        try:
            with archives.opened(file, self.limits, self.spent) as archive:
                whose, flags = _layout(archive, parts[0], owner, alone)
                yield from self._members(archive, parts, owner, whose, flags)
        except CannotRead as error:
            yield Problem(owner, _path(parts), str(error))

    def items(
        self, file: BinaryIO, parts: tuple[str, ...], owner: Owner, whose: Whose, depth: int = 0
    ) -> Iterator[Item]:
        """An archive of which is known whose it is."""
        try:
            with archives.opened(file, self.limits, self.spent) as archive:
                yield from self._members(archive, parts, owner, whose, (), depth)
        except CannotRead as error:
            yield Problem(owner, _path(parts), str(error))

    def _members(
        self,
        archive: Archive,
        parts: tuple[str, ...],
        owner: Owner,
        whose: Whose,
        flags: tuple[str, ...],
        depth: int = 0,
    ) -> Iterator[Item]:
        found = False
        for member in archive.members:
            for item in self._member(archive, member, parts, whose, flags, depth):
                found = found or not isinstance(item, Ignored)
                yield item
        if not found:
            yield Problem(owner, _path(parts), "the archive holds no notebook")

    def _member(
        self,
        archive: Archive,
        member: Member,
        around: tuple[str, ...],
        whose: Whose,
        flags: tuple[str, ...],
        depth: int,
    ) -> Iterator[Item]:
        parts = (*around, *member.parts)
        kind = _kind(member.parts[-1])
        why = _left_out(member.parts) or ("" if kind else "neither a notebook nor an archive")
        if why:
            yield Ignored(_path(parts), why)
            return
        owner = whose(member.parts)
        try:
            if archive.first_of_two(member):
                raise CannotRead("the archive holds two files of this name: the last counts")
            if kind == "notebook":
                data = archive.read(member, self.limits.notebook)
                yield Notebook(owner, _path(parts), member.modified, data, flags)
            elif kind == "archive":
                if depth:
                    raise CannotRead("it is an archive inside an archive inside an archive")
                data = archive.read(member, self.limits.nested)
                inner = io.BytesIO(data)
                yield from self.items(inner, parts, owner, lambda _: owner, depth + 1)
            else:
                raise CannotRead(kind)
        except CannotRead as error:
            yield Problem(owner, _path(parts), str(error))


def _layout(
    archive: Archive, name: str, owner: Owner, alone: bool
) -> tuple[Whose, tuple[str, ...]]:
    """Whose the members of an archive are, and what to say of it."""
    listed = [m.parts for m in archive.members if not _left_out(m.parts) and _kind(m.parts[-1])]
    skip = _wrapping(listed)
    inner = [parts[skip:] for parts in listed]
    if alone or archive_of_class(inner):
        around = listed[0][skip - 1] if skip else name
        number = "" if alone else name

        def of_class(parts: tuple[str, ...]) -> Owner:
            found = names.owner(parts[skip:] or parts, around)
            return Owner(found.name, found.number or number)

        return of_class, ()
    folders = sorted({parts[0] for parts in inner if len(parts) > 1})
    flags: tuple[str, ...] = ()
    if len(folders) > 1:
        called = ", ".join(names.shown(folder) for folder in folders)
        flags = (f"{names.shown(name)} was taken for one student's; it holds the folders {called}",)
    return lambda parts: owner, flags


def archive_of_class(listed: Sequence[tuple[str, ...]]) -> bool:
    """Whether the paths of the notebooks in an archive show that it is a whole class's.

    They do where names are Moodle's, where two folders hold a file of the same name, and where two
    files in no folder are named after an exercise and something else.
    """
    if any(names.is_moodle(part) for parts in listed for part in parts):
        return True
    pairs = {(parts[0], parts[-1].lower()) for parts in listed if len(parts) > 1}
    if len({name for _, name in pairs}) < len(pairs):
        return True
    return len({n for parts in listed if len(parts) == 1 and (n := names.beside(parts[0]))}) > 1


def _wrapping(listed: Sequence[tuple[str, ...]]) -> int:
    """How many folders lie around all that is in an archive, and are no student's."""
    skip = 0
    while (
        listed
        and all(len(parts) > skip + 1 for parts in listed)
        and len({parts[skip] for parts in listed}) == 1
        and not names.is_moodle(listed[0][skip])
    ):
        skip += 1
    # the last of them is the student's, unless folders or files of several lie in it
    inner = [parts[skip:] for parts in listed]
    several = len({parts[0] for parts in inner if len(parts) > 1}) > 1 or archive_of_class(inner)
    return skip if several else max(0, skip - 1)


def _kind(name: str) -> str:
    """ "notebook", "archive", "" for what is neither, else why it cannot be read."""
    if names.is_notebook(name):
        return "notebook"
    if name.lower().endswith(".zip"):
        return "archive"
    if name.lower().endswith(_OTHER_ARCHIVES):
        return f"it is an archive of another kind ({name.rpartition('.')[2]}), expected zip"
    return ""


def _left_out(parts: Sequence[str]) -> str:
    """The rule by which something is left out, or ""."""
    for part in parts:
        if part.lower() in _JUNK:
            return "added by the system"
        if part == ".ipynb_checkpoints":
            return "Jupyter's checkpoint"
        if part.startswith(".") and part not in (".", "..") and not names.is_moodle(part):
            return "hidden"
    return "Moodle's online text" if names.is_online_text(parts) else ""


def _path(parts: Sequence[str]) -> str:
    return names.shown("/".join(parts))
