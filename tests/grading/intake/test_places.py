"""Notebooks are found wherever students and systems put them, and each is somebody's."""

from __future__ import annotations

import os
import socket
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from attention_course.grading.intake import collect, files
from attention_course.grading.intake.archives import Limits
from grading.intake.handed_in import (
    archive,
    data,
    notebook,
    put,
    reasons,
    solved,
    students,
)

ONE = notebook("def additive_score(q, k, v): return 1")
OTHER = notebook("def padded_step(x, h, real, W, U, b): return 1")
BAHDANAU = "bahdanau"


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("anna/notebook.ipynb", "anna"),
        ("anna/week 2/more/02-bahdanau.ipynb", "anna"),
        ("anna_02-bahdanau.ipynb", "anna"),
        ("02-bahdanau-anna.ipynb", "anna"),
        ("02_bahdanau_anna.ipynb", "anna"),
        ("Anna Berg - 02-Bahdanau (1).ipynb", "Anna Berg"),
        ("anna-02-bahdanau-Copy1.ipynb", "anna"),
        ("Copy of anna_02-bahdanau.ipynb", "anna"),
        ("berg_02-bahdanau_anna.ipynb", "berg_anna"),
        ("anna.ipynb", "anna"),
        ("anna.IPYNB", "anna"),
        ("anna_02-bahdanau.ipynb.json", "anna"),
        ("anna_12345_67890_02-bahdanau.ipynb", "anna_12345_67890"),
        ("x102-bahdanau.ipynb", "x102-bahdanau"),
        ("12345678_02-bahdanau.ipynb", "12345678"),
        ("02-bahdanau_final_anna.ipynb", "final_anna"),
        ("submitted/anna/02-bahdanau/02-bahdanau.ipynb", "anna"),
        ("submitted/anna_02-bahdanau.ipynb", "anna"),
        ("Anna Berg_1234567_assignsubmission_file_/x.ipynb", "Anna Berg"),
        ("Anna Berg_1234567_assignsubmission_file/x.ipynb", "Anna Berg"),
        ("Anna Berg_1234567_assignsubmission_file_x.ipynb", "Anna Berg"),
        ("week 2/Anna_von_Berg_1234567_assignsubmission_file_/a/b.ipynb", "Anna_von_Berg"),
        (".._1234567_assignsubmission_file_/x.ipynb", ".."),
        ("=cmd|' -C calc'!A0/x.ipynb", "=cmd|' -C calc'!A0"),
        ('"; DROP\n/x.ipynb', '"; DROP\n'),
        ("a..b/x.ipynb", "a..b"),
        (" anna /x.ipynb", " anna "),
        ("🦊/x.ipynb", "🦊"),
        (unicodedata.normalize("NFD", "Zoë/x.ipynb"), "Zoë"),
    ],
)
def test_whose_a_notebook_is(path: str, student: str, tmp_path: Path) -> None:
    shown = unicodedata.normalize("NFC", path)
    collected = collect(put(tmp_path / "class", {path: ONE}))
    assert (students(collected), reasons(collected)) == ([(student, BAHDANAU, shown)], [])
    assert collected.submissions[0].private == ()


@pytest.mark.parametrize(
    "stem",
    ["02-bahdanau", "02-bahdanau (1)", "02-bahdanau-Copy1", "Copy of 02-bahdanau", "02-bahdanau_2",
     "02-bahdanau - Kopie (2)", "02-bahdanau_FINAL_v2", "02-bahdanau-solution", "notebook",
     "Untitled1", "final submission", "02-bahdanau__.__"],
)  # fmt: skip
def test_where_a_name_holds_no_student_nobody_is_made_up(stem: str, tmp_path: Path) -> None:
    put(tmp_path / "class", {f"{stem}.ipynb": ONE, "ben_02-bahdanau.ipynb": ONE})
    found = {s.student: s.private for s in collect(tmp_path / "class").submissions}
    assert found == {stem: (f"the file's name holds no student: {stem}",), "ben": ()}


def test_a_file_is_not_a_folders_though_both_are_called_alike(tmp_path: Path) -> None:
    put(tmp_path, {"02-bahdanau.ipynb": ONE, "02-bahdanau/x.ipynb": ONE})
    assert [s.student for s in collect(tmp_path).submissions] == ["02-bahdanau", "02-bahdanau (2)"]


@pytest.mark.parametrize(
    "path",
    [
        "anna/.ipynb_checkpoints/x-checkpoint.ipynb",
        ".hidden/x.ipynb",
        "anna/.x.ipynb",
        "__MACOSX/anna/._x.ipynb",
        "anna/.DS_Store",
        "Thumbs.db",
        "anna/data.csv",
        "grades.csv",
        "Anna Berg_1234567_assignsubmission_onlinetext_/x.ipynb",
        "Anna Berg_1234567_assignsubmission_onlinetext_x.ipynb",
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_left_out_is_listed(path: str, packed: bool, tmp_path: Path) -> None:
    both = {path: ONE, "anna/02-bahdanau.ipynb": ONE}
    put(tmp_path, {"class.zip": archive(both)} if packed else both)
    collected = collect(tmp_path)
    within = "class.zip/" if packed else ""
    assert students(collected) == [("anna", BAHDANAU, f"{within}anna/02-bahdanau.ipynb")]
    assert reasons(collected) == []
    (ignored,) = collected.ignored
    # a folder on the disk is left out as a whole
    assert f"{within}{path}".startswith(ignored.path)
    assert ignored.why


def test_a_folder_without_a_notebook_is_reported(tmp_path: Path) -> None:
    put(tmp_path, {"anna/x.ipynb": ONE, "ben/answer.py": "x = 1", "submitted/eva/a.txt": ""})
    (tmp_path / "cleo").mkdir()
    collected = collect(tmp_path)
    assert [(u.student, u.path, u.why) for u in collected.unreadable] == [
        ("ben", "ben", "the folder holds no notebook"),
        ("cleo", "cleo", "the folder holds no notebook"),
        ("eva", "submitted/eva", "the folder holds no notebook"),
    ]


def test_names_that_are_alike_are_kept_apart(tmp_path: Path) -> None:
    names = [unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD")]
    put(tmp_path, {f"{name}/x.ipynb": ONE for name in [*names, "zoë", "ZOË"]})
    collected = collect(tmp_path)
    assert [s.student for s in collected.submissions] == ["ZOË", "Zoë", "Zoë (2)", "zoë"]
    said = ("another student is called Zoë too",)
    assert [s.private for s in collected.submissions] == [(), said, said, ()]
    assert not any(s.flags for s in collected.submissions)


def test_two_of_moodles_numbers_are_two_students(tmp_path: Path) -> None:
    names = [f"Jo Li_{number}_assignsubmission_file_" for number in (11, 22)]
    put(tmp_path, {f"{name}/x.ipynb": ONE for name in names} | {"Jo Li (11)/x.ipynb": ONE})
    collected = collect(tmp_path)
    assert [s.student for s in collected.submissions] == ["Jo Li (11)", "Jo Li (11)'", "Jo Li (22)"]
    assert len({s.path for s in collected.submissions}) == 3


def test_of_two_notebooks_the_one_modified_last_counts(tmp_path: Path) -> None:
    put(tmp_path, {"anna/a.ipynb": ONE, "anna/b.ipynb": ONE, "anna/c.ipynb": OTHER})
    for name, when in (("a", 2000), ("b", 1000)):
        os.utime(tmp_path / "anna" / f"{name}.ipynb", (when, when))
    first, second = collect(tmp_path).submissions
    assert (first.path, first.flags) == ("anna/c.ipynb", ())
    assert second.path == "anna/a.ipynb"
    assert second.flags == (
        "several notebooks for this exercise: anna/a.ipynb counts, not anna/b.ipynb",
    )
    os.utime(tmp_path / "anna" / "b.ipynb", (2000, 2000))  # then the last by its path
    assert collect(tmp_path).submissions[1].path == "anna/b.ipynb"


def test_an_answer_lent_to_another_notebook_does_not_replace_the_notebook(tmp_path: Path) -> None:
    lent = solved()
    lent["cells"] += notebook("# exercise: encoder_decoder.loss\ndef masked_loss(): pass")["cells"]
    put(tmp_path, {"anna/1.ipynb": solved("encoder_decoder"), "anna/2.ipynb": lent})
    os.utime(tmp_path / "anna" / "1.ipynb", (1000, 1000))
    assert students(collect(tmp_path)) == [
        ("anna", "encoder_decoder", "anna/1.ipynb"),
        ("anna", "bahdanau", "anna/2.ipynb"),
    ]


@pytest.mark.parametrize(
    "draft",
    ["step = make()\ndef train(model): pass", "# exercise: bahdanau.step\ndef step(): pass"],
)
def test_a_draft_does_not_replace_the_notebook(draft: str, tmp_path: Path) -> None:
    put(tmp_path, {"anna/1.ipynb": solved(), "anna/2.ipynb": notebook(draft)})
    os.utime(tmp_path / "anna" / "1.ipynb", (1000, 1000))
    (submission,) = collect(tmp_path).submissions
    assert submission.path == "anna/1.ipynb"
    assert submission.flags == (
        "several notebooks for this exercise: anna/1.ipynb counts, not anna/2.ipynb",
    )


def test_order_is_by_student_and_number_of_the_exercise(tmp_path: Path) -> None:
    made = {f"{name}/{n}.ipynb": m for name in "bca" for n, m in enumerate([ONE, OTHER])}
    collected = collect(put(tmp_path, made))
    assert [(s.student, s.exercise) for s in collected.submissions] == [
        (name, exercise) for name in "abc" for exercise in ("encoder_decoder", "bahdanau")
    ]


def test_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"b/x.ipynb": ONE, "a.zip": archive({"x.ipynb": ONE}), "c_x.ipynb": b"{"})
    put(tmp_path, {"d/b.txt": "", "d/a.txt": ""})
    listed, found = os.listdir, []
    for order in (sorted, lambda names: sorted(names, reverse=True)):
        monkeypatch.setattr(os, "listdir", lambda path, order=order: order(listed(path)))
        found.append(collect(tmp_path))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("class.zip", archive({"anna/x.ipynb": ONE}), ("anna", BAHDANAU, "class.zip/anna/x.ipynb")),
        ("anna.ipynb", data(ONE), ("anna", BAHDANAU, "anna.ipynb")),
    ],
)
def test_one_file_alone(
    name: str, content: bytes, found: tuple[str, str, str], tmp_path: Path
) -> None:
    put(tmp_path, {name: content, "other.ipynb": ONE})
    assert students(collect(tmp_path / name)) == [found]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected a folder or a zip archive"):
        collect(tmp_path / "missing")
    collected = collect(tmp_path)
    assert (collected.submissions, collected.unreadable, collected.ignored) == ([], [], [])


# dangers: each is reported, and Anna's notebook is still found


def link_to_file_outside(folder: Path) -> None:
    outside = put(folder.parent / "outside", {"x.ipynb": ONE}) / "x.ipynb"
    (folder / "ben" / "x.ipynb").symlink_to(outside)


def link_to_folder_outside(folder: Path) -> None:
    outside = put(folder.parent / "outside", {"x.ipynb": ONE})
    (folder / "ben" / "x.ipynb").symlink_to(outside)


def link_to_folder_inside(folder: Path) -> None:
    (folder / "ben" / "x.ipynb").symlink_to(folder / "anna")


def link_to_itself(folder: Path) -> None:
    (folder / "ben" / "x.ipynb").symlink_to(folder / "ben" / "x.ipynb")


def link_to_folder_above(folder: Path) -> None:
    (folder / "ben" / "x.ipynb").symlink_to(folder)


def link_to_nothing(folder: Path) -> None:
    (folder / "ben" / "x.ipynb").symlink_to("gone.ipynb")


def fifo(folder: Path) -> None:
    os.mkfifo(folder / "ben" / "x.ipynb")


def fifo_as_archive(folder: Path) -> None:
    os.mkfifo(folder / "ben" / "x.zip")


def unix_socket(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder / "ben")  # such a path may not be long
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("x.ipynb")
    os.chdir(here)


def too_large(folder: Path) -> None:
    with (folder / "ben" / "x.ipynb").open("wb") as file:
        file.truncate(50_000_000_000)


def another_archive(folder: Path) -> None:
    (folder / "ben" / "x.tar.gz").write_bytes(b"x")


@pytest.mark.parametrize(
    ("danger", "why"),
    [
        (link_to_file_outside, "it is a symbolic link that leads out of the folder"),
        (link_to_folder_outside, "it is a symbolic link that leads out of the folder"),
        (link_to_folder_inside, "it is a symbolic link to a folder, and such links are not"),
        (link_to_folder_above, "it is a symbolic link to a folder, and such links are not"),
        (link_to_itself, "it is a symbolic link that leads in a circle"),
        (link_to_nothing, "it is a symbolic link that leads nowhere"),
        (fifo, "it is a fifo, expected an ordinary file"),
        (fifo_as_archive, "it is a fifo, expected an ordinary file"),
        (unix_socket, "it is a socket, expected an ordinary file"),
        (too_large, "it is larger than 20 MB"),
        (another_archive, "it is an archive of another kind (gz), expected zip"),
    ],
)
def test_dangers_are_reported(danger: Callable[[Path], None], why: str, tmp_path: Path) -> None:
    folder = put(tmp_path / "class", {"anna/x.ipynb": ONE})
    (folder / "ben").mkdir()
    danger(folder)
    collected = collect(folder)
    assert students(collected) == [("anna", BAHDANAU, "anna/x.ipynb")]
    (unreadable,) = collected.unreadable
    assert unreadable.student == "ben"
    assert unreadable.path.startswith("ben/x.")
    assert unreadable.why.startswith(why)


def test_a_link_to_a_file_inside_is_followed(tmp_path: Path) -> None:
    put(tmp_path, {"store/x.ipynb": ONE})
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "x.ipynb").symlink_to("../store/x.ipynb")
    assert [s.student for s in collect(tmp_path).submissions] == ["anna", "store"]


def test_no_more_is_read_than_the_limit_and_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"anna/x.ipynb": b" " * 5000})
    read = []
    opened = os.fdopen

    class Watched:
        def __init__(self, file: object) -> None:
            self.file = file

        def __enter__(self) -> Watched:
            return self

        def __exit__(self, *error: object) -> None:
            self.file.close()  # type: ignore[attr-defined]

        def fileno(self) -> int:
            return self.file.fileno()  # type: ignore[attr-defined]

        def read(self, size: int = -1) -> bytes:
            read.append(size)
            return self.file.read(size)  # type: ignore[attr-defined]

    monkeypatch.setattr(files.os, "fdopen", lambda *a: Watched(opened(*a)))
    collected = collect(tmp_path, Limits(notebook=1000))
    assert read == [1001]
    assert reasons(collected) == [("anna/x.ipynb", "it is larger than 0.001 MB")]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (PermissionError(13, "Permission denied"), "it may not be read: permission denied"),
        (FileNotFoundError(2, "No such file"), "it was there, and was gone when it was read"),
        (OSError(5, "Input/output error"), "it cannot be read: input/output error"),
    ],
)
@pytest.mark.parametrize("call", ["open", "listdir"])
def test_what_the_system_refuses(
    error: OSError, why: str, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"anna/x.ipynb": ONE, "ben/y/x.ipynb": ONE})
    real = getattr(os, call)
    refused = tmp_path / "ben" / "y" / ("x.ipynb" if call == "open" else "")

    def refuses(path: object, *rest: object, **more: object) -> object:
        if Path(str(path)) == refused:
            raise error
        return real(path, *rest, **more)

    monkeypatch.setattr(os, call, refuses)
    collected = collect(tmp_path)
    assert [s.student for s in collected.submissions] == ["anna"]
    assert [(u.student, u.why) for u in collected.unreadable] == [("ben", why)]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
@pytest.mark.parametrize("path", ["ben", "ben/x.ipynb"])
def test_permissions(path: str, tmp_path: Path) -> None:
    put(tmp_path, {"anna/x.ipynb": ONE, "ben/x.ipynb": ONE})
    (tmp_path / path).chmod(0)
    collected = collect(tmp_path)
    (tmp_path / path).chmod(0o700)
    assert [s.student for s in collected.submissions] == ["anna"]
    assert reasons(collected) == [(path, "it may not be read: permission denied")]


def test_a_notebook_exchanged_for_a_link_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "class", {"anna/x.ipynb": ONE})
    put(tmp_path / "outside", {"x.ipynb": ONE})
    lstat = os.lstat(tmp_path / "class" / "anna" / "x.ipynb")
    (tmp_path / "class" / "anna" / "x.ipynb").unlink()
    (tmp_path / "class" / "anna" / "x.ipynb").symlink_to(tmp_path / "outside" / "x.ipynb")
    monkeypatch.setattr(files.os, "lstat", lambda path: lstat)
    with pytest.raises(files.CannotRead), files.opened(str(tmp_path / "class/anna/x.ipynb")):
        pass


def test_the_root_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(path: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuses)
    assert reasons(collect(tmp_path)) == [(".", "it may not be read: permission denied")]


def test_names_that_are_not_unicode(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/ann\xff"
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("this file system takes only names in Unicode")
    with open(folder + b"/x.ipynb", "wb") as file:
        file.write(data(ONE))
    ((student, _, path),) = students(collect(tmp_path))
    assert (student, path) == ("ann\\udcff", "ann\\udcff/x.ipynb")
    assert path.encode()
