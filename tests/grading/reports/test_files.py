"""Files that are whole or not there, and a manifest that lets nothing else be removed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from attention_course.grading.reports.files import MANIFEST, Folder, replace

NAME = "feedback/ada/bahdanau.html"


def write(folder: Path, **files: str) -> None:
    """A run that writes these pages of feedback."""
    into = Folder(folder)
    for student, content in files.items():
        into.write(f"feedback/{student}/bahdanau.html", content.encode())
    into.finish()


def present(folder: Path) -> set[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name for name in found if name != MANIFEST}


@pytest.fixture
def small_files() -> Iterator[int]:
    """A disk that takes files of 1000 bytes and no more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    yield 1000
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "x.csv"
    replace(path, b"one")
    assert path.read_bytes() == b"one"
    replace(path, b"two")
    assert path.read_bytes() == b"two"
    assert os.listdir(path.parent) == ["x.csv"]


def test_a_file_may_be_read_by_those_who_may_read_the_folder(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        replace(tmp_path / "x", b"one")
    finally:
        os.umask(umask)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o644


def test_the_same_content_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "x"
    replace(path, b"one")
    os.utime(path, (1, 1))
    inode = path.stat().st_ino
    replace(path, b"one")
    assert (path.stat().st_mtime, path.stat().st_ino) == (1, inode)
    replace(path, b"two")
    assert path.stat().st_mtime > 1


def test_a_disk_that_is_full_leaves_the_old_file_whole(tmp_path: Path, small_files: int) -> None:
    path = tmp_path / "grades.csv"
    replace(path, b"old" * 100)
    with pytest.raises(OSError, match=r"grades\.csv") as raised:
        replace(path, b"new" * small_files)
    assert raised.value.errno == errno.EFBIG
    assert raised.value.filename == str(path)
    assert path.read_bytes() == b"old" * 100
    assert os.listdir(tmp_path) == ["grades.csv"]


def test_a_disk_that_fails_at_the_end_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "grades.csv"
    replace(path, b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: .*grades\.csv") as raised:
        replace(path, b"new")
    assert raised.value.errno == errno.ENOSPC
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["grades.csv"]


def test_what_a_killed_run_left_behind_is_used_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(self: Path, target: Path) -> None:
        (tmp_path / "kept").write_bytes(self.read_bytes())
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die)
        patch.setattr(Path, "unlink", lambda self: None)
        with pytest.raises(Killed):
            replace(tmp_path / "x", b"one")
    assert len(os.listdir(tmp_path)) == 2, "the copy, and what lies beside"
    replace(tmp_path / "x", b"one")
    assert sorted(os.listdir(tmp_path)) == ["kept", "x"]


def test_a_file_is_not_written_twice_in_one_run(tmp_path: Path) -> None:
    into = Folder(tmp_path)
    into.write("x", b"one")
    with pytest.raises(ValueError, match="x is written twice"):
        into.write("x", b"two")


def test_feedback_of_a_student_who_left_is_removed(tmp_path: Path) -> None:
    write(tmp_path, ada="a", bo="b")
    write(tmp_path, ada="a")
    assert present(tmp_path) == {NAME}
    assert not (tmp_path / "feedback" / "bo").exists()


def test_what_the_grader_did_not_write_stays(tmp_path: Path) -> None:
    write(tmp_path, ada="a", bo="b", chen="c")
    (tmp_path / "feedback/bo/bahdanau.html").write_text("b, and a teacher's remark")
    (tmp_path / "feedback/chen/letter.txt").write_text("of a teacher")
    (tmp_path / "feedback/dora").mkdir()
    (tmp_path / "feedback/dora/bahdanau.html").write_text("from elsewhere")
    write(tmp_path, ada="a")
    assert present(tmp_path) == {
        NAME,
        "feedback/bo/bahdanau.html",
        "feedback/chen/letter.txt",
        "feedback/dora/bahdanau.html",
    }


@pytest.mark.parametrize(
    "name", ["../victim", "feedback/../victim", "/victim", "victim", "feedback/x", "a/b/c"]
)
def test_a_manifest_cannot_name_what_lies_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "results"
    write(folder, ada="a")
    for victim in (folder / name, tmp_path / "victim", folder / "victim"):
        if tmp_path in victim.resolve().parents:
            victim.parent.mkdir(parents=True, exist_ok=True)
            victim.write_bytes(b"mine")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    digest = hashlib.sha256(b"mine").hexdigest()
    (folder / MANIFEST).write_text(json.dumps({name: digest}))
    write(folder, ada="a")
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before


def test_nothing_is_removed_through_a_link(tmp_path: Path) -> None:
    write(tmp_path / "results", ada="a", bo="b")
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "results/feedback/bo").rename(elsewhere)
    (tmp_path / "results/feedback/bo").symlink_to(elsewhere)
    write(tmp_path / "results", ada="a")
    assert (elsewhere / "bahdanau.html").read_text() == "b"


def test_another_case_of_a_name_may_be_the_same_file(tmp_path: Path) -> None:
    """As on macOS and Windows; here the two names are links to one file."""
    write(tmp_path, Ana="a")
    (tmp_path / "feedback/ana").mkdir()
    os.link(tmp_path / "feedback/Ana/bahdanau.html", tmp_path / "feedback/ana/bahdanau.html")
    write(tmp_path, ana="a")
    assert present(tmp_path) >= {"feedback/ana/bahdanau.html", "feedback/Ana/bahdanau.html"}


def test_where_case_matters_the_old_name_goes(tmp_path: Path) -> None:
    write(tmp_path, Ana="a")
    write(tmp_path, ana="a")
    assert present(tmp_path) == {"feedback/ana/bahdanau.html"}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"feedback/ada/x.html": 3}', "\xff"])
def test_a_broken_manifest_removes_nothing(tmp_path: Path, content: str) -> None:
    write(tmp_path, ada="a", bo="b")
    (tmp_path / MANIFEST).write_text(content, encoding="latin-1")
    write(tmp_path, ada="a")
    assert present(tmp_path) == {NAME, "feedback/bo/bahdanau.html"}
    assert json.loads((tmp_path / MANIFEST).read_text()).keys() == {NAME}
