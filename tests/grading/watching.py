"""Watches what answers must not reach: servers, processes left behind, files of others."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37


class Servers:
    """Servers on this machine that nobody should reach; they note over what somebody did.

    Args:
        folder: where the socket with a name in the file system lies.
        token: in the name of the one that lies in none.
    """

    def __init__(self, folder: Path, token: str) -> None:
        self.reached: list[str] = []
        self._ends: list[socket.socket] = []
        tcp = self._bound("tcp", socket.AF_INET, ("127.0.0.1", 0))
        self.port: int = tcp.getsockname()[1]
        self._bound("udp", socket.AF_INET, ("127.0.0.1", self.port), socket.SOCK_DGRAM)
        self._bound("abstract", socket.AF_UNIX, f"\0hostile-{token}")
        self._bound("file", socket.AF_UNIX, str(folder / "socket"))
        (folder / "socket").chmod(0o777)

    def close(self) -> None:
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits at it
            end.close()

    def _bound(
        self, name: str, family: int, address: object, kind: int = socket.SOCK_STREAM
    ) -> socket.socket:
        end = socket.socket(family, kind)
        end.bind(address)
        if kind == socket.SOCK_STREAM:
            end.listen()
        wait = end.accept if kind == socket.SOCK_STREAM else lambda: end.recv(64)
        threading.Thread(target=self._watch, args=(name, wait), daemon=True).start()
        self._ends.append(end)
        return end

    def _watch(self, name: str, wait: Callable[[], object]) -> None:
        while True:
            try:
                if wait() == b"":  # what a socket says that was shut
                    return
            except OSError:
                return
            self.reached.append(name)


def started(since: Collection[psutil.Process]) -> list[psutil.Process]:
    """The children of this process that are not among those, and all that these started.

    A browser that other tests of this process use starts and ends processes at any time: those
    are its own.

    Args:
        since: the children that there were.
    """
    found = [child for child in psutil.Process().children() if child not in since]
    for child in tuple(found):
        with contextlib.suppress(psutil.NoSuchProcess):
            found += child.children(recursive=True)
    return found


def with_an_answer(warm: int) -> list[psutil.Process]:
    """A process that answers come of and all that came of it, as soon as it runs an answer.

    Args:
        warm: the id of the one that was started; it has a process of its own to fork from, and of
            that come a guard and the answer.
    """
    root, end = psutil.Process(warm), time.monotonic() + 60
    while len(family := [root, *root.children(recursive=True)]) < 4:
        assert time.monotonic() < end, family
        time.sleep(0.01)
    return family


@contextlib.contextmanager
def orphans() -> Iterator[Callable[[], list[psutil.Process]]]:
    """Inside, processes that lost their parents become this process's children.

    Gives a function that waits up to a few seconds until nothing is left of what was started
    inside, and returns what is left.
    """
    libc, was = ctypes.CDLL(None), ctypes.c_int()
    libc.prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(was), 0, 0, 0)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = psutil.Process().children()

    def left(seconds: float = 5.0) -> list[psutil.Process]:
        end = time.monotonic() + seconds
        while True:
            found = [process for process in started(before) if not _reaped(process)]
            if not found or time.monotonic() > end:
                return found
            time.sleep(0.05)

    try:
        yield left
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, was.value, 0, 0, 0)
        for process in left(0.0):
            with contextlib.suppress(psutil.Error):
                process.kill()


def _reaped(process: psutil.Process) -> bool:
    """Waits for it if it has ended and is ours."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            process.wait(1)
            return True
    except psutil.Error:
        return True
    return False


def fingerprints(*folders: Path) -> dict[str, str]:
    """What lies in folders: a hash for each file, where each link points."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink():
                found[str(path)] = f"link to {os.readlink(path)}"
            elif path.is_file():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
            else:
                found[str(path)] = "folder or socket"
    return found
