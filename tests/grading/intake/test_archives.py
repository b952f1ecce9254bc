"""Archives: whose is what in them, and no archive does any harm."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
from attention_course.grading.intake import collect
from attention_course.grading.intake.archives import Limits
from grading.intake.handed_in import archive, data, notebook, put, reasons, students

ONE = notebook("def additive_score(q, k, v): return 1")
OTHER = notebook("def padded_step(x, h, real, W, U, b): return 1")
BAHDANAU = "bahdanau"
MOODLE = "Ben Li_1234567_assignsubmission_file_"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        # all that was handed in: it is the class's
        ({"class.zip": ["anna/x", "ben/y"]}, ["anna", "ben"]),
        ({"class.zip": ["anna/x"]}, ["anna"]),
        ({"class.zip": ["anna_02-bahdanau", "ben_02-bahdanau"]}, ["anna", "ben"]),
        ({"class.zip": ["anna", "ben"]}, ["anna", "ben"]),
        ({"class.zip": ["handed in/anna/x", "handed in/ben/y"]}, ["anna", "ben"]),
        ({"class.zip": ["a/b/anna_02-bahdanau", "a/b/ben_02-bahdanau"]}, ["anna", "ben"]),
        ({"class.zip": [f"{MOODLE}/x", "Anna_7_assignsubmission_file_y"]}, ["Anna", "Ben Li"]),
        ({"class.zip": [f"export/{MOODLE}/x"]}, ["Ben Li"]),
        ({"anna.zip": ["02-bahdanau"]}, ["anna"]),
        ({"anna.zip": ["Untitled (3)"]}, ["anna"]),
        ({"anna.zip": ["anna/02-bahdanau"]}, ["anna"]),
        ({"class.zip": ["submitted/anna/02-bahdanau/02-bahdanau"]}, ["anna"]),
        ({"class.zip": ["anna\\x", "ben\\y"]}, ["anna", "ben"]),
        ({"submitted/anna.zip": ["x"]}, ["anna"]),
        # one of several: a student's
        ({"anna.zip": ["x"], "ben.zip": ["homework/x"]}, ["anna", "ben"]),
        ({"anna_02-bahdanau.zip": ["x"], "ben_02-bahdanau.zip": ["y"]}, ["anna", "ben"]),
        ({f"{MOODLE}x.zip": ["x"], "anna.zip": ["x"]}, ["Ben Li", "anna"]),
        # unless it shows a class
        (
            {"1.zip": ["anna/x", "ben/x"], "2.zip": ["eva/y", "zoe/y"]},
            ["anna", "ben", "eva", "zoe"],
        ),
        ({"1.zip": ["anna_02-bahdanau", "ben_02-bahdanau"], "eva": ["x"]}, ["anna", "ben", "eva"]),
        ({"1.zip": [f"{MOODLE}/x"], "eva": ["x"]}, ["Ben Li", "eva"]),
        # in a student's folder
        ({"anna/work.zip": ["x"], "ben/work.zip": ["anna/x"]}, ["anna", "ben"]),
        ({f"{MOODLE}/work.zip": ["Anna_7_assignsubmission_file_/x"]}, ["Ben Li"]),
    ],
)
def test_whose_is_what_in_an_archive(
    files: dict[str, list[str]], found: list[str], tmp_path: Path
) -> None:
    for name, inside in files.items():
        made = {f"{path}.ipynb": ONE for path in inside}
        if name.endswith(".zip"):
            put(tmp_path, {name: archive(made)})
        else:
            put(tmp_path / name, made)
    (tmp_path / "grades.csv").touch()
    collected = collect(tmp_path)
    assert reasons(collected) == []
    assert [s.student for s in collected.submissions] == found
    for submission in collected.submissions:
        assert not submission.flags
        assert not submission.private


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (
            {"class.zip": ["02-bahdanau (1)", "02-bahdanau (2)"]},
            ["02-bahdanau (1)", "02-bahdanau (2)"],
        ),
        ({"class.zip": ["02-bahdanau", "anna_02-bahdanau"]}, ["02-bahdanau", "anna"]),
        ({"class.zip": ["02-bahdanau", "17/notebook"]}, ["02-bahdanau", "17"]),
        ({"02-bahdanau.zip": ["02-bahdanau-final"]}, ["02-bahdanau-final"]),
        ({"02-bahdanau (1).zip": ["x"], "eva.zip": ["x"]}, ["02-bahdanau (1)", "eva"]),
    ],
)
def test_where_no_name_holds_a_student_nobody_is_made_up(
    files: dict[str, list[str]], found: list[str], tmp_path: Path
) -> None:
    for name, inside in files.items():
        put(tmp_path, {name: archive({f"{path}.ipynb": ONE for path in inside})})
    submissions = collect(tmp_path).submissions
    assert [s.student for s in submissions] == found
    for submission in submissions:
        told = (f"the file's name holds no student: {submission.student}",)
        assert submission.private == (told if submission.student[0] == "0" else ())


def test_an_archive_in_an_archive(tmp_path: Path) -> None:
    inner = archive({"deep/x.ipynb": ONE})
    put(tmp_path, {"class.zip": archive({"anna.zip": inner, f"{MOODLE}/work.zip": inner})})
    assert students(collect(tmp_path)) == [
        ("Ben Li", BAHDANAU, f"class.zip/{MOODLE}/work.zip/deep/x.ipynb"),
        ("anna", BAHDANAU, "class.zip/anna.zip/deep/x.ipynb"),
    ]


def test_an_archive_in_an_archive_in_an_archive_is_reported(tmp_path: Path) -> None:
    inner = archive({"b.zip": archive({"x.ipynb": ONE}), "y.ipynb": ONE})
    collected = collect(put(tmp_path, {"class.zip": archive({"anna/a.zip": inner})}))
    assert [s.student for s in collected.submissions] == ["anna"]
    assert reasons(collected) == [
        ("class.zip/anna/a.zip/b.zip", "it is an archive in an archive in an archive")
    ]


def test_nobody_speaks_for_another_student(tmp_path: Path) -> None:
    """An archive of one of several students cannot replace another one's notebook."""
    forged = archive({"anna/x.ipynb": OTHER, "anna/y.ipynb": ONE, "ben/x.ipynb": OTHER})
    put(tmp_path, {"anna/x.ipynb": ONE, "ben.zip": forged})
    os.utime(tmp_path / "anna" / "x.ipynb", (1000, 1000))
    found = {s.path: s.student for s in collect(tmp_path).submissions}
    assert found["anna/x.ipynb"] == "anna"
    assert found["ben.zip/anna/y.ipynb"] == "anna (ben.zip)"


def test_folders_in_one_students_archive_are_told(tmp_path: Path) -> None:
    put(tmp_path, {"ben.zip": archive({"a/x.ipynb": ONE, "b/y.ipynb": OTHER}), "eva.ipynb": ONE})
    first, second, _ = collect(tmp_path).submissions
    assert first.student == second.student == "ben"
    assert first.private == second.private
    assert first.private == ("ben.zip was taken for one student's; it holds the folders a, b",)


def test_a_student_without_a_notebook_in_a_classs_archive(tmp_path: Path) -> None:
    files = {"anna/x.ipynb": ONE, "ben/answer.py": "", "zoe/__MACOSX/x": ""}
    collected = collect(put(tmp_path, {"class.zip": archive(files)}))
    assert [(u.student, u.path, u.why) for u in collected.unreadable] == [
        ("ben", "class.zip/ben", "the folder holds no notebook")
    ]


def test_an_archive_without_a_notebook(tmp_path: Path) -> None:
    collected = collect(put(tmp_path, {"ben.zip": archive({"a.py": ""}), "anna/x.ipynb": ONE}))
    assert reasons(collected) == [("ben.zip", "the archive holds no notebook")]
    collected = collect(put(tmp_path / "b", {"ben.zip": archive({})}))
    assert reasons(collected) == [("ben.zip", "the archive holds no notebook")]


def test_dates_are_the_archives(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, year in (("a", 2030), ("b", 2020)):
            file.writestr(zipfile.ZipInfo(f"anna/{name}.ipynb", (year, 1, 1, 0, 0, 0)), b"{}")
            info = zipfile.ZipInfo(f"ben/{name}.ipynb", (year, 1, 1, 0, 0, 0))
            file.writestr(info, data(ONE))
    collected = collect(put(tmp_path, {"class.zip": made.getvalue()}))
    (submission,) = collected.submissions
    assert submission.path == "class.zip/ben/a.ipynb"
    assert "class.zip/ben/b.ipynb" in submission.flags[0]


def test_names_in_utf_8_that_do_not_say_so(tmp_path: Path) -> None:
    made = archive({"Zoë/x.ipynb": ONE})
    name = "Zoë/x.ipynb".encode()
    assert made.count(name) == 2
    flagless = bytearray(made)
    for start, at in ((made.index(b"PK\x03\x04"), 6), (made.index(b"PK\x01\x02"), 8)):
        (flags,) = struct.unpack_from("<H", flagless, start + at)
        struct.pack_into("<H", flagless, start + at, flags & ~0x800)
    collected = collect(put(tmp_path, {"class.zip": bytes(flagless)}))
    assert [s.student for s in collected.submissions] == ["Zoë"]


# dangers: each is reported, and Anna's notebook is still found


def twice() -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w") as file:
        warnings.simplefilter("ignore")
        file.writestr("ben/x.ipynb", data(OTHER))
        file.writestr("ben/x.ipynb", data(ONE))
    return made.getvalue()


def changed(made: bytes, record: bytes, offset: int, value: int) -> bytes:
    """An archive with two bytes of its first record of a kind changed."""
    out = bytearray(made)
    struct.pack_into("<H", out, made.index(record) + offset, value)
    return bytes(out)


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
GOOD = archive({"ben/x.ipynb": ONE})
BOMB = archive({"ben/x.ipynb": b"0" * 15_000_000})
LIMITS = Limits(notebook=16_000_000, members=10, total=17_000_000)


@pytest.mark.parametrize(
    ("made", "where", "why"),
    [
        (b"", "", "it is not a zip archive: "),
        (b"PK\x03\x04 no", "", "it is not a zip archive: "),
        (GOOD[:-30], "", "it is not a zip archive: "),
        (changed(GOOD, CENTRAL, 8, 1), "/ben/x.ipynb", "it is encrypted"),
        (changed(GOOD, CENTRAL, 10, 12), "/ben/x.ipynb", "it is compressed by method 12"),
        (archive({"ben/x.ipynb": ONE}, 14), "/ben/x.ipynb", "it is compressed by method 14"),
        (changed(GOOD, LOCAL, 0, 0), "/ben/x.ipynb", "it is damaged in the archive: "),
        (changed(GOOD, LOCAL, 60, 0xFFFF), "/ben/x.ipynb", "it is damaged in the archive: "),
        (
            archive({"../../ben/x.ipynb": ONE}),
            "/../../ben/x.ipynb",
            "its path in the archive leads",
        ),
        (archive({"/etc/x.ipynb": ONE}), "//etc/x.ipynb", "its path in the archive leads out"),
        (archive({"c:/x.ipynb": ONE}), "/c:/x.ipynb", "its path in the archive leads out"),
        (archive({"..\\x.ipynb": ONE}), "/../x.ipynb", "its path in the archive leads out"),
        (BOMB, "/ben/x.ipynb", "it looks like a zip bomb: it unpacks to more than 200 times"),
        (
            archive({"ben/x.ipynb": os.urandom(17_000_000)}, 0),
            "/ben/x.ipynb",
            "it is larger than 16 MB",
        ),
        (
            archive({f"ben/{n}.ipynb": data(ONE) for n in range(11)}),
            "",
            "it lists 11 files, more than 10",
        ),
        (twice(), "/ben/x.ipynb", "the archive holds two files of this name: the last counts"),
        (archive({"ben/x.rar": b""}), "/ben/x.rar", "it is an archive of another kind (rar)"),
    ],
)
def test_dangers_are_reported(made: bytes, where: str, why: str, tmp_path: Path) -> None:
    put(tmp_path, {"anna/x.ipynb": ONE, "ben/work.zip": made})
    collected = collect(tmp_path, LIMITS)
    assert ("anna", BAHDANAU, "anna/x.ipynb") in students(collected)
    (unreadable,) = collected.unreadable
    assert (unreadable.student, unreadable.path) == ("ben", f"ben/work.zip{where}")
    assert unreadable.why.startswith(why)


def test_of_two_files_of_one_name_the_last_counts(tmp_path: Path) -> None:
    collected = collect(put(tmp_path, {"class.zip": twice()}))
    assert [s.exercise for s in collected.submissions] == [BAHDANAU]


def test_the_sum_of_sizes_is_bounded(tmp_path: Path) -> None:
    files = {f"ben/{n}.ipynb": os.urandom(400_000) for n in range(5)}
    inner = archive({f"{n}.ipynb": os.urandom(400_000) for n in range(2)})
    put(tmp_path, {"class.zip": archive({**files, "anna/work.zip": inner})})
    collected = collect(tmp_path, Limits(total=1_000_000))
    told = [
        why for _, why in reasons(collected) if why == "the archive holds more than 1 MB in all"
    ]
    assert len(collected.unreadable) == 6
    assert len(told) == 4


def test_the_sum_counts_what_archives_in_it_hold(tmp_path: Path) -> None:
    inner = archive({"x.ipynb": b" " * 900_000})
    made = archive({f"{name}.zip": inner for name in ("anna", "ben", "eva")})
    collected = collect(put(tmp_path, {"class.zip": made}), Limits(total=1_000_000))
    assert [why for _, why in reasons(collected)] == [
        "it is empty",
        "the archive holds more than 1 MB in all",
        "the archive holds more than 1 MB in all",
    ]


def test_the_sizes_that_an_archive_claims_are_not_believed(tmp_path: Path) -> None:
    """The header says 10 bytes; what is read is counted."""
    made = bytearray(archive({"ben/x.ipynb": b" " * 5_000_000}))
    for record, offset in ((LOCAL, 22), (CENTRAL, 24)):
        struct.pack_into("<I", made, bytes(made).index(record) + offset, 10)
    put(tmp_path, {"class.zip": bytes(made)})
    (found,) = collect(tmp_path, Limits(notebook=1000)).unreadable
    assert found.path == "class.zip/ben/x.ipynb"


def test_a_long_list_of_files_is_not_read(tmp_path: Path) -> None:
    made = archive({f"ben/{n}.ipynb": b"" for n in range(2000)})
    collected = collect(put(tmp_path, {"class.zip": made}), Limits(directory=70_000))
    assert reasons(collected) == [("class.zip", "its list of files is larger than 0.07 MB")]


def test_a_link_in_an_archive_is_reported(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        info = zipfile.ZipInfo("ben/x.ipynb")
        info.external_attr = 0o120777 << 16
        file.writestr(info, "/etc/passwd")
    collected = collect(put(tmp_path, {"class.zip": made.getvalue()}))
    assert reasons(collected) == [("class.zip/ben/x.ipynb", "it is a symbolic link")]


def test_a_path_that_leads_out_names_no_student(tmp_path: Path) -> None:
    made = archive({"anna/x.ipynb": ONE, "ben/../../x.ipynb": ONE})
    (found,) = collect(put(tmp_path, {"class.zip": made})).unreadable
    assert (found.student, found.path) == ("class", "class.zip/ben/../../x.ipynb")
