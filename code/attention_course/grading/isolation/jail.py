"""A root of its own for the warm process, in which nothing can be seen but what answers need."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from attention_course.grading.isolation import kernel, visible

PRIVATE = "/private"  # of each question: its current folder, HOME and TMPDIR
EMPTY = "/empty"  # a file that others are hidden behind; an empty module can still be found


def build(folder: str) -> None:
    """Makes the root; needs a mount namespace, and a pid namespace for its /proc.

    Args:
        folder: an empty one, that the new root is first mounted on.

    Raises:
        OSError: it could not be made; the process is then of no more use.
    """
    os.umask(0o022)  # answers of another user pass through these folders, whatever the caller's is
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", folder, "tmpfs", kernel.MS_NOSUID, "size=1m,mode=755")
    for path in visible.folders():
        _show(path, folder)
    for path in visible.DEVICES:
        if os.path.exists(path):
            _bind(path, folder)
    for path, target in visible.links().items():
        place = Path(folder + path)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(target)
    for name in (PRIVATE, "/proc"):
        Path(folder + name).mkdir()
    Path(folder + EMPTY).touch()
    with contextlib.suppress(OSError):  # where a container hides parts of its own, none
        _proc(folder + "/proc")
    kernel.change_root(folder)
    kernel.read_only("/")


def enter(disk: int, uid: int, gid: int, hidden: list[str]) -> None:
    """A question's own /proc and private folder; in a mount namespace and pid namespace of its own.

    Args:
        disk: bytes of the folder.
        uid: whom it belongs to.
        gid: and that one's group.
        hidden: files that are empty for this question.

    Raises:
        OSError: that could not be made.
    """
    with contextlib.suppress(OSError):
        _proc("/proc")
    options = f"size={disk},nr_inodes=1k,mode=700,uid={uid},gid={gid}"
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("tmpfs", PRIVATE, "tmpfs", flags, options)
    for path in hidden:
        kernel.mount(EMPTY, path, "", kernel.MS_BIND)


def _proc(where: str) -> None:
    kernel.mount("proc", where, "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)


def _show(path: str, folder: str) -> None:
    _bind(path, folder)
    hidden = visible.PACKAGE / "exercises"
    if hidden.is_relative_to(path):
        covered = f"{folder}{hidden}"
        kernel.mount("tmpfs", covered, "tmpfs", kernel.MS_NOSUID, "size=4m,mode=755")
        for file, content in visible.exercises().items():
            place = Path(folder + file)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)


def _bind(path: str, folder: str) -> None:
    place = Path(folder + path)
    if os.path.isdir(path):
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    kernel.mount(path, str(place), "", kernel.MS_BIND | kernel.MS_REC)
