"""Finds the notebooks in an archive, and in the archives in it, one level deep.

Whose they are:

- An archive in a student's folder, or with a name of Moodle's, is that student's.
- Where an archive is all that was handed in, it is the class's: what lies in it counts as though
  it lay in the folder. Folders around all of that are no students'.
- Of several, an archive is one student's, who is called as it is, unless what lies in it shows that
  it is a class's (`shows_a_class`). Its students are then kept apart from others of their names.
- An archive in an archive is one student's.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from attention_course.grading.intake import archives, items, names
from attention_course.grading.intake.archives import Archive, Limits, Member, Spent
from attention_course.grading.intake.files import CannotRead
from attention_course.grading.intake.items import Ignored, Item, Notebook, Problem
from attention_course.grading.intake.names import Owner

Parts = tuple[str, ...]
Whose = Callable[[Parts], Owner]


class Packed:
    """An archive.

    Args:
        limits: of what is read.
        path: of the archive, as it is shown.
        owner: whose it is where it is not a class's.
        inside: the archive that it lies in, if any.
    """

    def __init__(
        self, limits: Limits, path: str, owner: Owner, inside: Packed | None = None
    ) -> None:
        self.limits, self.path, self.owner, self.inside = limits, path, owner, inside
        self.spent: Spent = inside.spent if inside else Spent()

    def of_one(self, file: BinaryIO) -> Iterator[Item]:
        """What is in it, all of it the owner's."""
        try:
            with archives.opened(file, self.limits, self.spent) as archive:
                yield from self._members(archive, lambda parts: self.owner, ())
        except CannotRead as error:
            yield self._problem(self.owner, (), str(error))

    def top(self, file: BinaryIO, alone: bool) -> Iterator[Item]:
        """What is in it, where it lies in no folder.

        Args:
            file: the archive.
            alone: whether it is all that was handed in.
        """
        try:
            with archives.opened(file, self.limits, self.spent) as archive:
                listed = [member.parts for member in archive.members if _may_count(member)]
                skip = wrapping(listed)
                if alone or shows_a_class([parts[skip:] for parts in listed]):
                    yield from self._class(archive, skip, "" if alone else self.path)
                else:
                    doubts = self._doubts(
                        {parts[skip] for parts in listed if len(parts) > skip + 1}
                    )
                    yield from self._members(archive, lambda parts: self.owner, doubts)
        except CannotRead as error:
            yield self._problem(self.owner, (), str(error))

    def _class(self, archive: Archive, skip: int, number: str) -> Iterator[Item]:
        """The members of a class's archive; a student without any notebook is reported."""

        files = ["/".join(member.parts) for member in archive.members if _may_count(member)]
        flat = not any("/" in file for file in files)
        around = self.path if flat and names.of_one(files) else ""

        def whose(parts: Parts) -> Owner:
            found = names.owner(parts[skip:] or parts, around)
            return replace(found, number=found.number or number)

        folders = {
            member.parts[: skip + 1]: False
            for member in archive.members
            if len(member.parts) > skip + 1 and not items.left_out(member.parts)
        }
        nothing = not folders
        for item, member in self._told(archive, whose, ()):
            if not isinstance(item, Ignored):
                folders[member.parts[: skip + 1]] = True
                nothing = False
            yield item
        if nothing:
            yield self._problem(self.owner, (), "the archive holds no notebook")
        for parts, found in folders.items():
            if not found:
                yield self._problem(whose((*parts, "")), parts, "the folder holds no notebook")

    def _members(self, archive: Archive, whose: Whose, private: tuple[str, ...]) -> Iterator[Item]:
        found = False
        for item, _ in self._told(archive, whose, private):
            found = found or not isinstance(item, Ignored)
            yield item
        if not found:
            yield self._problem(self.owner, (), "the archive holds no notebook")

    def _told(
        self, archive: Archive, whose: Whose, private: tuple[str, ...]
    ) -> Iterator[tuple[Item, Member]]:
        for member in archive.members:
            owner = self.owner if member.leads_out else whose(member.parts)
            try:
                for item in self._member(archive, member, owner, private):
                    yield item, member
            except CannotRead as error:
                yield self._problem(owner, member.parts, str(error)), member

    def _member(
        self, archive: Archive, member: Member, owner: Owner, private: tuple[str, ...]
    ) -> Iterator[Item]:
        path = self._path(member.parts)
        rule = items.left_out(member.parts)
        if rule or not items.counts(member.parts[-1]):
            yield Ignored(path, rule or "neither a notebook nor an archive")
        elif archive.first_of_two(member):
            raise CannotRead("the archive holds two files of this name: the last counts")
        elif not items.is_archive(member.parts[-1]):
            data = archive.read(member, self.limits.notebook)
            yield Notebook(owner, path, member.modified, data, private)
        elif self.inside:
            raise CannotRead("it is an archive in an archive in an archive")
        else:
            data = archive.read(member, self.limits.nested)
            yield from Packed(self.limits, path, owner, self).of_one(io.BytesIO(data))

    def _doubts(self, folders: set[str]) -> tuple[str, ...]:
        if len(folders) < 2:
            return ()
        called = ", ".join(sorted(map(names.shown, folders)))
        return (f"{self.path} was taken for one student's; it holds the folders {called}",)

    def _path(self, parts: Parts) -> str:
        return "/".join((self.path, items.path(parts))) if parts else self.path

    def _problem(self, owner: Owner, parts: Parts, why: str) -> Problem:
        return Problem(owner, self._path(parts), why)


def shows_a_class(listed: Sequence[Parts]) -> bool:
    """Whether the paths of the notebooks in an archive show that it is a whole class's.

    They do where names are Moodle's, where two folders hold a file of the same name, and where two
    files in no folder are named after an exercise and something else.
    """
    if any(names.is_moodle(part) for parts in listed for part in parts):
        return True
    pairs = {(parts[0], parts[-1].lower()) for parts in listed if len(parts) > 1}
    if len({name for _, name in pairs}) < len(pairs):
        return True
    return len({names.beside(parts[0]) for parts in listed if len(parts) == 1} - {""}) > 1


def wrapping(listed: Sequence[Parts]) -> int:
    """How many folders lie around all the notebooks of an archive and are no student's."""
    skip = 0
    while (
        listed
        and all(len(parts) > skip + 1 for parts in listed)
        and len({parts[skip] for parts in listed}) == 1
        and not names.is_moodle(listed[0][skip])
    ):
        skip += 1
    # where folders or files of several students do not follow, the first is a student's
    inner = [parts[skip:] for parts in listed]
    several = len({parts[0] for parts in inner if len(parts) > 1}) > 1 or shows_a_class(inner)
    return skip if several else 0


def _may_count(member: Member) -> bool:
    if member.leads_out or items.left_out(member.parts):
        return False
    try:
        return items.counts(member.parts[-1])
    except CannotRead:
        return True
