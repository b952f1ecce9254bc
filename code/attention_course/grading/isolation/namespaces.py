"""Namespaces of Linux: for the warm process, and inside them for each question."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from attention_course.grading.isolation import kernel

KINDS = {
    "mount": kernel.CLONE_NEWNS,
    "pid": kernel.CLONE_NEWPID,
    "net": kernel.CLONE_NEWNET,
    "ipc": kernel.CLONE_NEWIPC,
    "uts": kernel.CLONE_NEWUTS,
}


@dataclass(frozen=True)
class Namespaces:
    """Which kinds of namespaces can be had.

    Attributes:
        user: whether a user namespace comes first, as it must where one is not root.
        kinds: names in `KINDS`.
        missing: why the others cannot be had, by name.
    """

    user: bool
    kinds: tuple[str, ...]
    missing: dict[str, str]

    def flags(self, *without: str) -> int:
        """What `unshare` takes."""
        return sum(KINDS[kind] for kind in self.kinds if kind not in without)


def found(without: Collection[str] = ()) -> Namespaces:
    """Tries, each in a process of its own, which namespaces this process can enter.

    Args:
        without: names of kinds to leave out.
    """
    user = os.geteuid() != 0
    if user:
        why = refusal(lambda: _enter(user, 0))
        if why:
            return Namespaces(False, (), {kind: why for kind in ("user", *KINDS)})
    missing = {
        kind: "left out" if kind in without else refusal(functools.partial(_enter, user, flag))
        for kind, flag in KINDS.items()
    }
    kinds = tuple(kind for kind, why in missing.items() if not why)
    return Namespaces(user, kinds, {kind: why for kind, why in missing.items() if why})


def refusal(action: Callable[[], object]) -> str:
    """Does something in a process of its own: "" where that worked, else why not."""
    read, write = os.pipe()
    if os.fork() == 0:
        why = ""
        try:
            action()
        except BaseException as error:
            why = str(error) or type(error).__name__
        os.write(write, why.encode()[:1000] or b"\0")
        os._exit(0)
    os.close(write)
    why = os.read(read, 1000).decode(errors="replace")
    os.close(read)
    os.wait()
    return "" if why == "\0" else why or "it ended"


def enter(namespaces: Namespaces) -> None:
    """Enters the user namespace, and the pid namespace with the next process that is forked."""
    _enter(namespaces.user, namespaces.flags() - namespaces.flags("pid"))


def enter_others(namespaces: Namespaces) -> None:
    """Enters the rest; the own files stay in sight of whoever has not done it."""
    kernel.unshare(namespaces.flags("pid"))


def _enter(user: bool, flags: int) -> None:
    ids = os.geteuid(), os.getegid()
    kernel.unshare(flags | (kernel.CLONE_NEWUSER if user else 0))
    if not user:
        return
    for file, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{ids[0]} {ids[0]} 1"),
        ("gid_map", f"{ids[1]} {ids[1]} 1"),
    ):
        with open(f"/proc/self/{file}", "w") as map_:
            map_.write(text)


@contextlib.contextmanager
def next_process_apart(own: int) -> Iterator[None]:
    """What is forked inside is process 1 of a new pid namespace.

    Args:
        own: descriptor of this process's own pid namespace, to come back to; -1 where there is
            none to be had, and nothing happens.
    """
    if own < 0:
        yield
        return
    kernel.unshare(kernel.CLONE_NEWPID)
    try:
        yield
    finally:
        kernel.setns(own, kernel.CLONE_NEWPID)
