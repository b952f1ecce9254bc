"""Notebooks are read whoever wrote them; of those that cannot be read is told where and why."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from attention_course.grading.intake import reading
from attention_course.grading.intake.reading import NotANotebook, read
from grading.intake.handed_in import Json, code, data, notebook, one, solved

DEFINITION = "def additive_score(query, keys, v):\n    return 'é'\n"


def as_utf_8(text: str) -> bytes:
    return text.encode()


def with_windows_lines(text: str) -> bytes:
    return json.dumps(json.loads(text), indent=1).replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    "encode",
    [
        as_utf_8,
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: codecs.BOM_UTF32_LE + text.encode("utf-32-le"),
        with_windows_lines,
        lambda text: b"\n\n " + text.encode() + b"\n\n",
    ],
)
def test_encodings(encode: Callable[[str], bytes]) -> None:
    (cell,) = read(encode(json.dumps(notebook(DEFINITION), ensure_ascii=False)))
    assert cell.source == DEFINITION


@pytest.mark.parametrize(
    "source",
    [
        DEFINITION,
        DEFINITION.splitlines(keepends=True),
        DEFINITION.replace("\n", "\r\n"),
        DEFINITION.replace("\n", "\r"),
        "\ufeff" + DEFINITION,
    ],
)
def test_sources_are_strings_or_lists_with_any_line_ends(source: str | list[str]) -> None:
    (cell,) = read(data(notebook({**code(""), "source": source})))
    assert cell.source == DEFINITION


def test_format_3_is_read() -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": "Title"},
        {"cell_type": "code", "language": "python", "input": [DEFINITION], "outputs": []},
    ]
    old = {"worksheets": [{"cells": cells[:1]}, {"cells": cells[1:]}], "nbformat": 3}
    assert [(c.number, c.kind, c.source) for c in read(data(old))] == [
        (1, "markdown", "Title"),
        (2, "code", DEFINITION),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        {"cell_type": "code", "source": DEFINITION},
        {"source": DEFINITION, "outputs": []},
        {"cell_type": "code", "source": DEFINITION, "metadata": None},
        {"cell_type": "code", "source": DEFINITION, "metadata": {"nbgrader": [1]}},
        {"cell_type": "code", "source": DEFINITION, "metadata": {"nbgrader": {"grade_id": 5}}},
        {"cell_type": "code", "source": DEFINITION, "metadata": {"colab": {"base_uri": "x"}}},
        {"cell_type": "code", "source": DEFINITION, "metadata": {"vscode": {"languageId": "py"}}},
    ],
)
def test_fields_may_be_missing_or_of_other_programs(cell: Json) -> None:
    assert [(c.kind, c.source, c.grade_id) for c in read(data({"cells": [cell]}))] == [
        ("code", DEFINITION, "")
    ]


@pytest.mark.parametrize("cell", [None, 5, "text", [], {}, {"cell_type": "code", "source": 7}])
def test_what_is_no_cell_does_no_harm_to_the_others(cell: object) -> None:
    first, second = read(data({"cells": [cell, code(DEFINITION)]}))
    assert (first.source, second.source, second.number) == ("", DEFINITION, 2)


def test_colab_and_vs_code_lose_no_answer(tmp_path: Path) -> None:
    made = solved()
    made["metadata"] = {"colab": {"provenance": []}, "accelerator": "GPU", "vscode": {"x": 1}}
    made["nbformat_minor"] = 0
    for number, cell in enumerate(made["cells"]):
        cell.pop("id", None)
        cell["metadata"] = {"id": f"x{number}", "colab": {"height": 7}, "vscode": {"a": "python"}}
    assert len(one(tmp_path, made).answers) == 8


def test_half_of_a_surrogate_pair_becomes_a_letter_that_can_be_stored() -> None:
    (cell,) = read(rb'{"cells": [{"cell_type": "code", "source": "x = \"\ud800\""}]}')
    assert cell.source.encode().startswith(b"x = ")


WHOLE = json.dumps(notebook(DEFINITION), indent=1)
DEEP = "[" * 1_000_000


@pytest.mark.parametrize(
    ("handed_in", "why"),
    [
        (b"", "it is empty"),
        (b" \n\t", "it is empty"),
        (b"hello", "it is not JSON: line 1, column 1: expecting value"),
        (b'{"cells": [],\n oops}', "it is not JSON: line 2, column 2: "),
        (WHOLE[:60].encode(), "; it seems to be cut short"),
        (
            WHOLE[: WHOLE.index("additive")].encode(),
            "line 5, column 14: unterminated string; it seems to be cut short",
        ),
        (b"[1, 2]", "it is JSON but no notebook: a list, expected an object with cells"),
        (b"3", "it is JSON but no notebook: a single value, expected an object with cells"),
        (b"{}", 'it is JSON but no notebook: it has no list of "cells"'),
        (b'{"cells": 5}', 'it is JSON but no notebook: it has no list of "cells"'),
        (b'{"a": 1}\n\xff', "it is not text in UTF-8: line 2 holds the byte 0xff"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8", "it is not text in UTF-16-LE: byte 0 holds"),
        (b'{"cells":\n' + DEEP.encode(), "it is nested too deeply: line 2, column 199"),
        (b'{"cells": {"a": "[["}, "b":' + DEEP.encode(), "nested too deeply: line 1, column 226"),
        (b'{"cells":\n[' + b"9" * 5000 + b"]}", "line 2, column 2 holds a number of 5,000 digits"),
        (b"PK\x03\x04", "it is not JSON: line 1, column 1"),
    ],
)
def test_of_what_cannot_be_read_is_told_where_and_why(handed_in: bytes, why: str) -> None:
    with pytest.raises(NotANotebook) as raised:
        read(handed_in)
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)


def test_cells_and_code_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_CELLS", 2)
    monkeypatch.setattr(reading, "MOST_CODE", 10)
    assert len(read(data(notebook("12345", "67890")))) == 2
    with pytest.raises(NotANotebook, match="holds 3 cells, more than 2"):
        read(data(notebook("", "", "")))
    with pytest.raises(NotANotebook, match="holds 11 letters of code, more than 10"):
        read(data(notebook("12345", "678901")))
