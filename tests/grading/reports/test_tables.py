"""The two tables: what spreadsheets and programs read in them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from attention_course.grading.marks import Marked, Reason, Run, Unreadable
from attention_course.grading.reports import tables
from attention_course.grading.reports.roster import roster
from grading.reports import classes
from hypothesis import given
from hypothesis import strategies as st

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", " =1+1", "'=1", "＝1+1")
ODD = ("a,b", 'the "best"', "two\nlines", "two\r\nlines", "🦊", "Zoë", "'quoted'", "x; y", "")


def rows(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def grades(run: Run) -> list[dict[str, str]]:
    return rows(tables.grades(roster(run)))


def named(*students: str) -> Run:
    return classes.run(*(classes.marked(student) for student in students))


def test_a_row_a_student() -> None:
    ada, bo, chen, dora, zoe = grades(classes.every_reason())
    assert ada == {
        "student": "ada",
        "encoder_decoder points": "5.0",
        "encoder_decoder maximum": "50",
        "bahdanau points": "19.5",
        "bahdanau maximum": "100",
        "total": "24.5",
        "maximum": "150",
        "counted": "encoder_decoder, bahdanau",
        "flags": "0",
        "note": "",
    }
    assert [row["student"] for row in (bo, chen, dora, zoe)] == [
        "bo", "chen", "dora", "Zoë Ångström",
    ]  # fmt: skip
    assert zoe["flags"] == "2"


def test_what_could_not_be_marked_is_empty_and_not_zero() -> None:
    _, bo, chen, dora, _ = grades(classes.every_reason())
    assert (bo["bahdanau points"], bo["total"]) == ("", "")
    assert "not marked yet: bahdanau.scores" in bo["note"]
    assert (dora["bahdanau points"], dora["total"]) == ("", "")
    assert "unreadable: dora/notebook.ipynb: it is cut short" in dora["note"]
    assert (chen["bahdanau points"], chen["total"]) == ("", "50.0")
    assert chen["note"] == ""


def test_a_broken_file_beside_whole_ones_takes_no_total_away() -> None:
    broken = Unreadable("ada", "ada/copy.ipynb", "it is not JSON")
    (row,) = grades(classes.run(classes.marked("ada"), unreadable=(broken,)))
    assert (row["total"], row["note"]) == ("100.0", "unreadable: ada/copy.ipynb: it is not JSON")


def test_nothing_answered_is_zero() -> None:
    reasons = [Reason.NOT_ANSWERED] * 8
    (row,) = grades(classes.run(classes.marked("ada", "bahdanau", reasons)))
    assert (row["bahdanau points"], row["total"]) == ("0.0", "0.0")


def test_a_row_a_student_and_question() -> None:
    run = classes.every_reason()
    found = rows(tables.questions(run))
    assert len(found) == sum(len(marked.marks) for marked in run.marked)
    special = next(row for row in found if row["student"] == "Zoë Ångström")
    mark = run.marked[-1].marks[0]
    assert special == {
        "student": "Zoë Ångström",
        "exercise": "bahdanau",
        "question": "bahdanau.scores",
        "points": "3.75",
        "maximum": "15",
        "checks passed": "1",
        "checks": "4",
        "reason": "wrong",
        "hint": mark.hint,
        "mistake": mark.mistake,
        "how": "marker",
        "flags": "",
        "seconds": "0.02",
    }
    assert {row["reason"] for row in found} == {reason.value for reason in Reason}
    flagged = [row["flags"] for row in found if row["flags"]]
    assert flagged == ["two cells answer this: the last that is Python was taken"]


def test_a_question_that_was_not_marked_has_no_points() -> None:
    found = rows(tables.questions(classes.every_reason()))
    assert {row["points"] for row in found if row["reason"] == "unmarked"} == {""}


def test_points_that_are_shared_are_rounded_at_the_end() -> None:
    mark = classes.marked("ada").marks[0]
    thirds = tuple(replace(mark, points=10 / 3) for _ in range(3))
    run = classes.run(Marked("ada", "bahdanau", "ada/x.ipynb", thirds))
    assert grades(run)[0]["total"] == "10.0"
    assert rows(tables.questions(run))[0]["points"] == "3.33"


@pytest.mark.parametrize("student", [*FORMULAS, *ODD[:-1]], ids=repr)
def test_a_name_comes_back_as_it_was(student: str) -> None:
    (row,) = grades(named(student))
    assert tables.restored(row["student"]) == student


@pytest.mark.parametrize("text", FORMULAS, ids=repr)
def test_a_formula_becomes_text(text: str) -> None:
    assert tables.protected(text) == f"'{text}" or text[0] in "\r\n\t"
    mark = replace(classes.marked("ada").marks[0], hint=text, flags=(text,), mistake=text)
    run = classes.run(Marked(text, "bahdanau", "x.ipynb", (mark,)))
    (row,) = rows(tables.questions(run))
    for cell in ("student", "hint", "flags", "mistake"):
        assert row[cell].startswith("'")


@pytest.mark.parametrize("text", ODD)
def test_what_is_no_formula_stays(text: str) -> None:
    assert tables.protected(text) == text


@given(st.lists(st.text(st.sampled_from("a1=+-@';, \t\r\n\"|＝")), min_size=1, max_size=3))
def test_no_cell_becomes_a_formula_and_all_come_back(texts: list[str]) -> None:
    for text in texts:
        guarded = tables.protected(text)
        assert tables.restored(guarded) == text
        # also where a spreadsheet splits at semicolons, and heeds no quotes behind the first
        for cell in re.split(r"[;\t\r\n]", guarded):
            assert cell.lstrip(" ")[:1] not in tuple("=+-@＝")


def test_characters_that_no_table_can_hold_are_shown() -> None:
    (row,) = grades(named("a\0b\x1bc\x7f\udcff"))
    assert row["student"] == "a␀b␛c␡\\udcff"


def test_the_format_is_one_that_excel_reads() -> None:
    content = tables.grades(roster(named("Zoë")))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == 2
    assert '"Zoë",100.0,100,' in content.decode("utf-8-sig"), "numbers are not in quotes"


def test_a_class_of_nobody_has_a_head() -> None:
    assert grades(classes.run()) == []
    assert tables.grades(roster(classes.run())).decode("utf-8-sig").startswith('"student","total"')
