"""Finds the notebooks in a folder; `items` says what is left out, `packed` what archives hold.

A student's folder without any notebook is reported. Symbolic links to files are followed inside
the folder, others are reported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from attention_course.grading.intake import files, items, names
from attention_course.grading.intake.archives import Limits
from attention_course.grading.intake.files import CannotRead
from attention_course.grading.intake.items import Ignored, Item, Notebook, Problem
from attention_course.grading.intake.names import NBGRADER, Owner
from attention_course.grading.intake.packed import Packed

Parts = tuple[str, ...]


def find(handed_in: Path, limits: Limits) -> Iterator[Item]:
    """Everything that was handed in, in the order of the names.

    Args:
        handed_in: a folder, an archive or a notebook.
        limits: of what is read.

    Raises:
        FileNotFoundError: there is no such folder or file.
    """
    if not handed_in.exists():
        raise FileNotFoundError(f"there is no {handed_in}; expected a folder or a zip archive")
    return _Search(handed_in.resolve(), limits).items()


class _Search:
    def __init__(self, handed_in: Path, limits: Limits) -> None:
        self.limits = limits
        self.folder = handed_in if handed_in.is_dir() else handed_in.parent
        self.only = "" if handed_in.is_dir() else handed_in.name

    def items(self) -> Iterator[Item]:
        if self.only:
            yield from self._file((self.only,), alone=True)
            return
        try:
            top = list(self._top())
        except CannotRead as error:
            yield Problem(self._owner((self.folder.name,)), ".", str(error))
            return
        alone = sum(map(self._may_count, top)) == 1
        for parts in top:
            yield from self._entry(parts, alone)

    def _top(self) -> Iterator[Parts]:
        """What stands at the top, or in nbgrader's folder of what was handed in."""
        for name in self._listed(()):
            if name == NBGRADER and self._is_folder((name,)):
                yield from ((name, below) for below in self._listed((name,)))
            else:
                yield (name,)

    def _entry(self, parts: Parts, alone: bool) -> Iterator[Item]:
        """What stands at the top: a student's folder, or a file."""
        if not self._is_folder(parts) or items.left_out(parts):
            yield from self._below(parts, alone)
            return
        found = False
        for item in self._below(parts):
            found = found or not isinstance(item, Ignored)
            yield item
        if not found:
            yield self._problem(parts, "the folder holds no notebook")

    def _below(self, parts: Parts, alone: bool = False) -> Iterator[Item]:
        """Everything in a folder and its folders, or a file."""
        waiting = [parts]
        while waiting:
            parts = waiting.pop()
            rule = items.left_out(parts)
            if rule:
                yield Ignored(items.path(parts), rule)
            elif self._is_folder(parts):
                try:
                    waiting += [(*parts, name) for name in reversed(self._listed(parts))]
                except CannotRead as error:
                    yield self._problem(parts, str(error))
            else:
                yield from self._file(parts, alone)

    def _file(self, parts: Parts, alone: bool = False) -> Iterator[Item]:
        full = self._full(parts)
        try:
            if os.path.islink(full):
                full = files.target(full, self.folder)
            if not items.counts(parts[-1]):
                yield Ignored(items.path(parts), "neither a notebook nor an archive")
            elif items.is_archive(parts[-1]):
                with files.opened(full) as file:
                    packed = Packed(self.limits, items.path(parts), self._owner(parts))
                    at_the_top = len(parts) == 1 and not names.is_moodle(parts[0])
                    yield from packed.top(file, alone) if at_the_top else packed.of_one(file)
            else:
                data, modified = files.read(full, self.limits.notebook)
                yield Notebook(self._owner(parts), items.path(parts), modified, data)
        except CannotRead as error:
            yield self._problem(parts, str(error))
        except OSError as error:
            yield self._problem(parts, files.why(error))

    def _listed(self, parts: Parts) -> list[str]:
        try:
            return sorted(os.listdir(self._full(parts)))
        except OSError as error:
            raise CannotRead(files.why(error)) from None

    def _is_folder(self, parts: Parts) -> bool:
        full = self._full(parts)
        return os.path.isdir(full) and not os.path.islink(full)

    def _may_count(self, parts: Parts) -> bool:
        """Whether something at the top is not left out whatever it holds."""
        try:
            return not items.left_out(parts) and (self._is_folder(parts) or items.counts(parts[-1]))
        except CannotRead:
            return True

    def _owner(self, parts: Parts) -> Owner:
        return names.owner(parts)

    def _problem(self, parts: Parts, why: str) -> Problem:
        return Problem(self._owner(parts), items.path(parts), why)

    def _full(self, parts: Parts) -> str:
        return os.path.join(self.folder, *parts)
