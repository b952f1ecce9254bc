"""Reads a file of a folder that nobody vouches for: never more than asked, never blocking."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class CannotRead(Exception):
    """A file or folder cannot be read; the message is one sentence that says why."""


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """An ordinary file, opened for reading.

    Raises:
        CannotRead: it is gone, is no ordinary file, or may not be read.
    """
    # a fifo would block; a link put in its place since would lead elsewhere
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        kind = os.lstat(path).st_mode
        if not stat.S_ISREG(kind):
            raise CannotRead(f"it is {_called(kind)}, expected an ordinary file")
        handle = os.open(path, flags)
    except OSError as error:
        raise CannotRead(why(error)) from None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise CannotRead("it was exchanged while it was read")
        yield file


def read(path: str, most: int) -> tuple[bytes, float]:
    """The bytes of a file, and when it was modified.

    Raises:
        CannotRead: as `opened`, or it holds more than `most` bytes.
    """
    try:
        with opened(path) as file:
            data = file.read(most + 1)
            modified = os.fstat(file.fileno()).st_mtime
    except OSError as error:
        raise CannotRead(why(error)) from None
    if len(data) > most:
        raise CannotRead(f"it is larger than {megabytes(most)}")
    return data, modified


def target(path: str, root: Path) -> str:
    """Where a symbolic link to a file inside `root` leads.

    Raises:
        CannotRead: it leads out of the folder, to nothing, to a folder, or in a circle.
    """
    try:
        real = Path(os.path.realpath(path, strict=True))
    except OSError as error:
        circle = error.errno == errno.ELOOP
        says = "leads in a circle" if circle else "leads nowhere"
        raise CannotRead(f"it is a symbolic link that {says}") from None
    if not real.is_relative_to(root):
        raise CannotRead("it is a symbolic link that leads out of the folder")
    if real.is_dir():
        raise CannotRead("it is a symbolic link to a folder, and such links are not followed")
    return str(real)


def why(error: OSError) -> str:
    """The sentence for what the operating system said."""
    if isinstance(error, FileNotFoundError):
        return "it was there, and was gone when it was read"
    if isinstance(error, PermissionError):
        return "it may not be read: permission denied"
    return f"it cannot be read: {(error.strerror or str(error)).lower()}"


def megabytes(size: int) -> str:
    """A size as it is told: "20 MB"."""
    return f"{size / 1_000_000:g} MB"


def _called(mode: int) -> str:
    kinds = {
        stat.S_IFLNK: "a symbolic link",
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a fifo",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")
