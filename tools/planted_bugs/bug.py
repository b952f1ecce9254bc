"""What a planted bug is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    """A mistake, as the replacement of a text in a file of the package.

    Attributes:
        name: what is wrong then.
        file: the file, from the package's folder on.
        old: a text that stands exactly once in it.
        new: what is put in its place.
        tests: the tests that should fail, files or single tests, the quickest first.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
