"""File names for students, whatever their names hold."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from attention_course.grading.reports.names import folders
from hypothesis import given
from hypothesis import strategies as st

RESERVED = ("CON", "nul", "Com1", "LPT9", "aux.txt", "con.", "COM¹")
WINDOWS = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
WINDOWS |= {f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"}


def folder(student: str) -> str:
    return folders([student])[student]


@pytest.mark.parametrize(
    ("student", "expected"),
    [
        ("ada", "ada"),
        ("Ada Lovelace", "Ada-Lovelace"),
        ("j.smith_2", "j.smith_2"),
        ("ana@example.org", "ana-example.org"),
        ("O'Neill, Zoë", "O-Neill-Zoë"),
        ("张伟", "张伟"),
        ("नमस्ते", "नमस्ते"),
        ("student", "student"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/../b", "a-b"),
        (".hidden", "hidden"),
        ("dot.", "dot"),
        ("-rf", "rf"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("PRN .x", "PRN-x"),
        ("console", "console"),
        ("tab\tand\nline", "tab-and-line"),
    ],
)
def test_a_name_stays_readable(student: str, expected: str) -> None:
    assert folder(student) == expected


@pytest.mark.parametrize("student", RESERVED)
def test_what_windows_keeps_for_itself_gets_digits(student: str) -> None:
    name = folder(student)
    assert name.lower().startswith(student[:3].lower())
    assert len(name.rpartition("-")[2]) == 8
    assert name.partition(".")[0].upper() not in WINDOWS


@pytest.mark.parametrize("student", ["", "...", "🦊", "///", "\udcff", "-"])
def test_where_no_letter_is_left_the_digits_tell_who_it_is(student: str) -> None:
    assert folder(student).startswith("student-")
    assert len(folder(student)) == len("student-") + 8


def test_a_long_name_is_cut_between_letters_and_gets_digits() -> None:
    long = "ü" * 300
    assert folder(long).startswith("ü" * 30 + "-")
    assert len(folder(long).encode()) <= 69
    assert folder(long) != folder(long + "x")
    assert folder("x" * 60) == "x" * 60


def test_two_students_never_share_a_folder() -> None:
    students = ["Ana", "ana", "a b", "a-b", "a/b", "e\u0301", "\u00e9", "ﬁ", "fi"]
    names = folders(students)
    assert len({unicodedata.normalize("NFKC", n).casefold() for n in names.values()}) == 9
    assert all(name.split("-")[0].lower()[0] in "aeéfﬁ" for name in names.values())


def test_only_those_who_would_share_one_get_digits() -> None:
    names = folders(["Ana", "ana", "bo"])
    assert names["bo"] == "bo"
    assert names["Ana"].startswith("Ana-")
    assert names["ana"].startswith("ana-")


def test_a_name_made_to_look_like_anothers_digits_gains_nothing() -> None:
    copied = folders(["a b", "a-b"])["a b"]
    names = folders(["a b", "a-b", copied])
    assert len(set(names.values())) == 3
    names = folders(["a b", "a-b", copied, names["a b"]])
    assert len(set(names.values())) == 4


def test_a_name_does_not_hang_on_the_order_of_students() -> None:
    students = ["Ana", "ana", "bo", "B O", "b-o"]
    assert folders(students) == folders(students[::-1])


@given(st.lists(st.text(st.characters(codec=None), max_size=80), unique=True, max_size=8))
def test_any_names_make_safe_and_different_folders(students: list[str]) -> None:
    names = folders(students)
    assert list(names) == students
    assert len({unicodedata.normalize("NFKC", n).casefold() for n in names.values()}) == len(names)
    for name in names.values():
        assert name == Path(name).name
        assert 0 < len(name.encode()) <= 160
        assert not set(name) & set('<>:"/\\|?*\0\n\r\t')
        assert name[0] not in ".-"
        assert name[-1] not in ". "
        assert name.partition(".")[0].upper() not in WINDOWS
