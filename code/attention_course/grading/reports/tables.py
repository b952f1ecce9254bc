"""`grades.csv` and `questions.csv`, for spreadsheets and for programs.

UTF-8 with a byte order mark: without one Excel reads the file in the code page of its country and
shows other letters in names. LibreOffice, R's readr and pandas drop it; Python's `csv` needs
`open(path, encoding="utf-8-sig", newline="")`. Lines end in CRLF (RFC 4180), texts are in quotes.

A spreadsheet takes a cell that begins with one of = + - @ for a formula, and names, messages of
exceptions and flags come from learners. So such a text gets an apostrophe in front. A spreadsheet
of a country with decimal commas splits cells at semicolons and then no longer heeds the quotes;
so the rule holds too behind each semicolon, tab and end of line. `restored` takes the apostrophes
out again. Numbers stay numbers.

Characters that no text file should hold are shown by their pictures (␀), halves of surrogate pairs
as \\udcff; `results.json` has them as they were.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from attention_course.grading.marks import Reason, Run
from attention_course.grading.reports.roster import Roster
from attention_course.grading.reports.wording import PICTURES

Cell = str | float | None


def grades(roster: Roster) -> bytes:
    """A row a student. What was not handed in or could not be marked is empty, never 0.

    The total counts the exercises that anybody of the class handed in, which are named beside it.
    """
    head = ["student"]
    for exercise in roster.exercises:
        head += [f"{exercise.name} points", f"{exercise.name} maximum"]
    counted = ", ".join(exercise.name for exercise in roster.exercises)
    rows = []
    for student in roster.students:
        row: list[Cell] = [student.name]
        for exercise in roster.exercises:
            marked = student.marked.get(exercise.name)
            row += [marked.points if marked and marked.complete else None, exercise.points]
        row += [student.total, roster.maximum, counted]
        row += [student.flags, "; ".join(student.troubles)]
        rows.append(row)
    return _table([*head, "total", "maximum", "counted", "flags", "note"], rows)


def questions(run: Run) -> bytes:
    """A row a student and question; one that could not be marked has no points."""
    head = ["student", "exercise", "question", "points", "maximum", "checks passed", "checks"]
    head += ["reason", "hint", "mistake", "how", "flags", "seconds"]
    rows = (
        [
            marked.student,
            marked.exercise,
            mark.question,
            None if mark.reason is Reason.UNMARKED else mark.points,
            mark.maximum,
            sum(mark.passed),
            len(mark.checks),
            mark.reason.value,
            mark.hint,
            mark.mistake or "",
            mark.how.value if mark.how else "",
            "; ".join(mark.flags),
            mark.seconds,
        ]
        for marked in run.marked
        for mark in marked.marks
    )
    return _table(head, rows)


def protected(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return re.sub(_before_formulas(""), "'", text)


def restored(text: str) -> str:
    """The text that `protected` was given."""
    return re.sub(_before_formulas("'"), "", text)


def _before_formulas(guard: str) -> str:
    """A pattern for that guard (or nothing) where a spreadsheet would see a formula begin."""
    formula = r"=+\-@＝＋－＠"
    first = rf"^{guard}(?=[ ']*[{formula}\t\r\n])"
    behind_separator = rf"(?<=[;\t\r\n]){guard}(?=[ ']*[{formula}])"
    return f"{first}|{behind_separator}"


def _table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return file.getvalue().encode("utf-8-sig", "backslashreplace")


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return protected(cell.translate(PICTURES))
    return cell if cell is None else round(cell, 2)
