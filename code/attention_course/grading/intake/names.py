"""Whose a notebook is: a student's name from the names of folders, archives and files.

The rules, in their order:

1. Moodle: a folder or file called ``Full Name_1234567_assignsubmission_file_...`` belongs to
   "Full Name", however deep it lies. Two numbers with one name are two students.
2. A folder ``submitted`` at the top is nbgrader's and no student.
3. What lies in a folder belongs to the student of whom the first folder is called.
4. A file in no folder belongs to whom its name says, once the exercise's own name, what browsers
   and Jupyter add to copies, and separators at the ends are taken away: ``anna_02-bahdanau.ipynb``,
   ``02-bahdanau-anna (1).ipynb`` and ``anna.ipynb`` are anna's. Where nothing is left but the
   number of a copy or words such as "final", the name holds no student. Nobody is made up then:
   the student is called as the whole file is, and whoever marks is told.

Names are data: they may hold spaces, quotes, dots. They are in Unicode form NFC; what cannot be
decoded is written as an escape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from attention_course.exercises import registry

_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<rest>.*))?", re.DOTALL
)
_NOTEBOOK = re.compile(r"\.ipynb(\.(json|txt))?$", re.IGNORECASE)  # Safari and Windows add one
_COPY = re.compile(r"^copy of |[ _-]*\(\d+\)$|-copy\d*$", re.IGNORECASE)
_SEPARATORS = " \t-_.,+~"
_WORDS = re.compile(r"[^\W_]+")
_NO_STUDENT = re.compile(  # a word of a file's name; a longer number may be a student's
    r"(copy|of|kopie|copie|copia|final|finished|done|new|last|draft|version|v|edited|"
    r"solutions?|solved|answers?|submission|submitted|exercises?|homework|assignment|"
    r"notebook|untitled)?\d{0,2}",
    re.IGNORECASE,
)
NBGRADER = "submitted"


@dataclass(frozen=True, order=True)
class Owner:
    """Whose something is.

    Attributes:
        name: of the student, as the file system has it.
        number: Moodle's, or the archive that the name comes from: what tells apart two students
            of one name. "" where there is no such thing.
        guessed: whether nothing says who that is, and the name is a file's.
    """

    name: str
    number: str = ""
    guessed: bool = False


def is_notebook(name: str) -> bool:
    """Whether a file's name is a notebook's."""
    return _NOTEBOOK.search(name) is not None


def is_online_text(parts: Sequence[str]) -> bool:
    """Whether it is what a student wrote into Moodle's text field."""
    found = [_MOODLE.fullmatch(part) for part in parts]
    return any(one is not None and one["kind"] == "onlinetext" for one in found)


def is_moodle(name: str) -> bool:
    """Whether a folder or file is called as in Moodle's export."""
    return _MOODLE.fullmatch(name) is not None


def shown(name: str) -> str:
    """A name of a file or folder as it can be written down anywhere."""
    readable = name.encode("utf-8", "backslashreplace").decode()
    return unicodedata.normalize("NFC", readable)


def owner(parts: Sequence[str], around: str = "") -> Owner:
    """Whose a notebook is.

    Args:
        parts: the folders and the file, from the top.
        around: the archive whose name counts where the file's holds no student, if any.
    """
    for part in parts:
        moodle = _MOODLE.fullmatch(part)
        if moodle:
            return Owner(moodle["name"], moodle["number"])
    if len(parts) > 1 and parts[0] == NBGRADER:
        parts = parts[1:]
    if len(parts) > 1:
        return Owner(parts[0])
    student = of_file(parts[0]) or of_file(around)
    return Owner(student) if student else Owner(_stem(parts[0]), guessed=True)


def told_apart(owners: Iterable[Owner]) -> dict[Owner, str]:
    """What each student is called: the name, and more where two are called the same."""
    called: dict[Owner, str] = {}
    alike: dict[str, list[Owner]] = {}
    for one in sorted(set(owners)):
        alike.setdefault(shown(one.name), []).append(one)
    taken = set(alike)
    for name, group in alike.items():
        for count, one in enumerate(group, 1):
            title = name
            if len(group) > 1 and (one.number or count > 1):
                title = f"{name} ({shown(one.number) or count})"
                while title in taken:
                    title += "'"
            taken.add(title)
            called[one] = title
    return called


def of_file(name: str) -> str:
    """Whose a file is by its own name; "" where that holds no student."""
    stem = _stem(name)
    left = _left(_COPY.sub("", stem)) or _left(stem)
    return "" if all(map(_NO_STUDENT.fullmatch, _WORDS.findall(left))) else left


def of_one(files: Sequence[str]) -> bool:
    """Whether files may all be one student's by their names: more tells them apart than a number.

    ``02-bahdanau (1).ipynb`` and ``02-bahdanau (2).ipynb`` may be a class's as well.
    """
    names = {re.sub(r"[\W\d_]+$", "", _COPY.sub("", _stem(file))).lower() for file in files}
    return len(names) == len(files) and not any(map(of_file, files))


def _stem(name: str) -> str:
    """A file's name without what says that it is a notebook or an archive."""
    return re.sub(r"\.zip$", "", _NOTEBOOK.sub("", name), flags=re.IGNORECASE) or name


def _left(stem: str) -> str:
    """What is left of a name without an exercise's."""
    for name in registry.names():
        exercise = registry.exercise(name)
        own = re.sub("[-_]", "[-_ ]?", exercise.notebook)
        found = re.search(rf"(?<!\d){own}", stem, re.IGNORECASE)
        if found:
            parts = [stem[: found.start()], stem[found.end() :]]
            return "_".join(part for one in parts if (part := one.strip(_SEPARATORS)))
    return stem.strip(_SEPARATORS)


def beside(name: str) -> str:
    """What stands in a file's name beside an exercise's; "" where no exercise is named."""
    stem = _NOTEBOOK.sub("", name)
    left = of_file(name)
    return left if left != stem.strip(_SEPARATORS) else ""
