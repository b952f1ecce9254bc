"""Reads a zip archive that nobody vouches for; nothing is unpacked to the disk."""

from __future__ import annotations

import calendar
import io
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO

from attention_course.grading.intake.files import CannotRead, megabytes


@dataclass(frozen=True)
class Limits:
    """What may be read.

    Attributes:
        notebook: bytes of one notebook.
        nested: bytes of an archive inside an archive.
        members: how many files an archive may list.
        directory: bytes of that list.
        total: bytes of all that is read out of one archive and those inside it.
        ratio: how many times larger than in the archive a member may be, once it is over 1 MB.
    """

    notebook: int = 20_000_000
    nested: int = 200_000_000
    members: int = 20_000
    directory: int = 16_000_000
    total: int = 4_000_000_000
    ratio: int = 200


@dataclass(frozen=True)
class Member:
    """A file in an archive: the parts of its path, when it was modified, and how to read it."""

    parts: tuple[str, ...]
    modified: float
    info: zipfile.ZipInfo

    @property
    def leads_out(self) -> bool:
        """Whether it would be unpacked outside the folder that one unpacks it in."""
        return (
            ".." in self.parts
            or self.parts[0] == ""
            or re.match(r"[A-Za-z]:", self.parts[0]) is not None
        )


class Archive:
    """An open archive.

    Attributes:
        members: the files in it, in the order of the archive.
    """

    def __init__(self, file: zipfile.ZipFile, source: _Source, limits: Limits, spent: Spent):
        self._file, self._source, self._limits, self._spent = file, source, limits, spent
        infos = [info for info in file.infolist() if not info.is_dir()]
        self.members = [Member(_parts(info), _modified(info), info) for info in infos]
        self._times = Counter(member.parts for member in self.members)

    def first_of_two(self, member: Member) -> bool:
        """Whether a later member has the same name; counts down as it is asked."""
        self._times[member.parts] -= 1
        return self._times[member.parts] > 0

    def read(self, member: Member, most: int) -> bytes:
        """The bytes of a member.

        Raises:
            CannotRead: it is encrypted, damaged, larger than `most`, or a bomb.
        """
        info = member.info
        if member.leads_out:
            raise CannotRead("its path in the archive leads out of the archive")
        if info.flag_bits & 1:
            raise CannotRead("it is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise CannotRead(
                f"it is compressed by method {info.compress_type}, expected deflate (8)"
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise CannotRead("it is a symbolic link")
        try:
            return self._read(info, most)
        except CannotRead:
            raise
        except MemoryError:
            raise CannotRead("there is not enough memory to read it") from None
        except Exception as error:  # on damaged data zipfile raises whatever comes
            raise CannotRead(f"it is damaged in the archive: {_first_line(error)}") from None

    def _read(self, info: zipfile.ZipInfo, most: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        self._source.count = 0
        with self._file.open(info) as file:
            while part := file.read(min(65536, most + 1 - size)):
                parts.append(part)
                size += len(part)
                self._spent.bytes += len(part)
                if size > most:
                    raise CannotRead(f"it is larger than {megabytes(most)}")
                if self._spent.bytes > self._limits.total:
                    raise CannotRead(
                        f"the archive holds more than {megabytes(self._limits.total)} in all"
                    )
                if size > 1_000_000 and size > self._limits.ratio * self._source.count:
                    raise CannotRead(
                        "it looks like a zip bomb: it unpacks to more than "
                        f"{self._limits.ratio} times its size"
                    )
        return b"".join(parts)


@dataclass
class Spent:
    """How many bytes were read out of an archive and those inside it."""

    bytes: int = 0


@contextmanager
def opened(file: BinaryIO, limits: Limits, spent: Spent) -> Iterator[Archive]:
    """Opens an archive.

    Raises:
        CannotRead: it is no archive, damaged, or lists too many files.
    """
    source = _Source(file, limits.directory)
    try:
        archive = zipfile.ZipFile(source)
    except CannotRead:
        raise
    except Exception as error:  # on damaged data zipfile raises whatever comes
        raise CannotRead(f"it is not a zip archive: {_first_line(error)}") from None
    with archive:
        source.most = None
        if len(archive.infolist()) > limits.members:
            raise CannotRead(
                f"it lists {len(archive.infolist()):,} files, more than {limits.members:,}"
            )
        yield Archive(archive, source, limits, spent)


class _Source(io.RawIOBase):
    """The archive's file, which counts what is read and refuses too long a list of members."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self.file = file
        self.most: int | None = most
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        if self.most is not None and not 0 <= size <= self.most:
            size = self.most + 1
        data = self.file.read(size)
        if self.most is not None and len(data) > self.most:
            raise CannotRead(f"its list of files is larger than {megabytes(self.most)}")
        self.count += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _parts(info: zipfile.ZipInfo) -> tuple[str, ...]:
    name = info.orig_filename.partition("\0")[0]
    if not info.flag_bits & 0x800:  # many programs write UTF-8 and do not say so
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return tuple(name.replace("\\", "/").split("/"))  # Windows' own programs wrote backslashes


def _modified(info: zipfile.ZipInfo) -> float:
    try:
        return float(calendar.timegm((*info.date_time, 0, 0, 0)))
    except (ValueError, OverflowError):  # month 0, as in an archive without dates
        return 0.0


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
