"""From the bytes of a notebook to its cells, whoever wrote it and however old its format is."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

MOST_CELLS = 10_000
MOST_CODE = 200_000  # letters of code in a notebook; parsing takes memory by the letter
MOST_DIGITS = 4300  # of a number, Python's own limit
DEEPEST = 200  # how far brackets are counted when Python gave up on their depth

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class NotANotebook(Exception):
    """What was handed in cannot be read; the message is one sentence that says where and why."""


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Attributes:
        number: counted from 1, over all cells.
        kind: "code", "markdown" or "raw".
        source: its text, with "\\n" between lines.
        grade_id: of its nbgrader metadata; "" where it has none.
    """

    number: int
    kind: str
    source: str
    grade_id: str = ""


def read(data: bytes) -> list[Cell]:
    """The cells of a notebook of format 3 or 4.

    Raises:
        NotANotebook: with a sentence that says where and why.
    """
    cells = [_cell(number, found) for number, found in enumerate(_found(_parsed(_text(data))), 1)]
    code = sum(len(cell.source) for cell in cells if cell.kind == "code")
    if code > MOST_CODE:
        raise NotANotebook(f"it holds {code:,} letters of code, more than {MOST_CODE:,}")
    return cells


def _text(data: bytes) -> str:
    if not data.strip():
        raise NotANotebook("it is empty")
    mark, encoding = next(
        ((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), (b"", "utf-8")
    )
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        where = f"line {before.count(10) + 1}" if encoding == "utf-8" else f"byte {error.start}"
        raise NotANotebook(
            f"it is not text in {encoding.upper()}: {where} holds the byte "
            f"0x{error.object[error.start]:02x}"
        ) from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_int=_whole)
    except json.JSONDecodeError as error:
        what = (error.msg[:1].lower() + error.msg[1:]).removesuffix(" starting at")
        if what.startswith("unterminated") or error.pos >= len(text.rstrip()):
            what += "; it seems to be cut short"
        raise NotANotebook(f"it is not JSON: {_where(text, error.pos)}: {what}") from None
    except _TooLong as error:
        where = _where(text, text.find(error.digits))
        raise NotANotebook(
            f"{where} holds a number of {len(error.digits):,} digits, more than {MOST_DIGITS:,}"
        ) from None
    except RecursionError:
        where = _where(text, _deep(text))
        raise NotANotebook(f"it is nested too deeply: {where}") from None
    except MemoryError:
        raise NotANotebook("there is not enough memory to read it") from None


class _TooLong(Exception):
    def __init__(self, digits: str) -> None:
        self.digits = digits


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise _TooLong(digits)
    return int(digits)


def _where(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}"


def _deep(text: str) -> int:
    """Where brackets first stand `DEEPEST` deep."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in "[{") - (token[0] in "]}")
        if depth == DEEPEST:
            return token.start()
    return 0


def _found(notebook: Any) -> list[Any]:
    if not isinstance(notebook, dict):
        kind = "a list" if isinstance(notebook, list) else "a single value"
        raise NotANotebook(f"it is JSON but no notebook: {kind}, expected an object with cells")
    cells: Any = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):  # format 3
        cells = [
            cell
            for sheet in notebook["worksheets"]
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if not isinstance(cells, list):
        raise NotANotebook('it is JSON but no notebook: it has no list of "cells"')
    if len(cells) > MOST_CELLS:
        raise NotANotebook(f"it holds {len(cells):,} cells, more than {MOST_CELLS:,}")
    return cells


def _cell(number: int, found: Any) -> Cell:
    cell = found if isinstance(found, dict) else {}
    kind = cell.get("cell_type", "code" if "outputs" in cell or "input" in cell else "raw")
    source = cell.get("source", cell.get("input", ""))  # "input" in format 3
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        source = ""
    nbgrader = _inside(_inside(cell, "metadata"), "nbgrader")
    grade_id = nbgrader.get("grade_id")
    return Cell(
        number,
        kind if kind in ("code", "markdown", "raw") else "markdown",  # "heading" in format 3
        _clean(source),
        grade_id if isinstance(grade_id, str) else "",
    )


def _inside(found: dict[str, Any], key: str) -> dict[str, Any]:
    value = found.get(key)
    return value if isinstance(value, dict) else {}


def _clean(source: str) -> str:
    """With one kind of line end, no byte order mark, and no half of a surrogate pair.

    Such a half could not be written to any file.
    """
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return source.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
