"""File names for students, whatever their names hold.

The rule: letters and digits of every script, "-" and "_" stay, and dots between them; everything
else becomes "-". What is left is cut at 60 bytes. Where nothing is left, where it was cut, or where
Windows keeps the name for itself, "-" and the first 8 hexadecimal digits of the SHA-256 of the
whole name follow. They follow too where two students of a run would share a name on a file system
that does not tell capital from small letters; where even those digits are shared, it is all 64.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

LONGEST = 60  # bytes; with all digits behind it, a name stays below the usual 255
_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE
)


def folders(students: Iterable[str]) -> dict[str, str]:
    """The folder's name for each student; no two are the same, in whatever case."""
    chosen = {student: _plain(student) for student in students}
    for digits in (8, 64):
        taken = Counter(map(folded, chosen.values()))
        for student, name in chosen.items():
            if taken[folded(name)] > 1:
                chosen[student] = f"{_plain(student)}-{_digest(student, digits)}"
    return chosen


def _plain(student: str) -> str:
    name = _letters(student).encode()[:LONGEST].decode(errors="ignore").strip("-.")
    if _RESERVED.fullmatch(name):
        name = name.replace(".", "-")
    elif name and name == _letters(student):
        return name
    return f"{name or 'student'}-{_digest(student, 8)}"


def _letters(student: str) -> str:
    kept = (
        letter if unicodedata.category(letter)[0] in "LMN" or letter in "-_." else "-"
        for letter in unicodedata.normalize("NFC", student)
    )
    return re.sub(r"[-.]{2,}", "-", "".join(kept)).strip("-.")


def folded(name: str) -> str:
    """What two names share that some file system takes for one."""
    return unicodedata.normalize("NFKC", name).casefold()


def _digest(student: str, digits: int) -> str:
    # file names that are not UTF-8 come with halves of surrogate pairs
    return hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
