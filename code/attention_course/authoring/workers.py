"""Worker processes that are ended where they take too long, and end where their parent does."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

import torch

MARK = "ATTENTION_COURSE_WORKER"  # in the environment of all that a worker starts
Tell = Callable[[str], object]
CONTEXT = multiprocessing.get_context("spawn")  # torch does not bear a fork


@dataclass(frozen=True)
class Lost:
    """What became of work that gave no result: what was running last, and what happened to it."""

    doing: str
    why: str


@dataclass
class _Worker:
    """One process, and what it works at."""

    call: Callable[[Any, Tell], Any]
    task: Any = None
    limit: float = 0.0  # seconds without a word
    deadline: float = 0.0
    doing: str = ""
    connection: Connection = field(init=False)
    mark: str = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.connection, theirs = CONTEXT.Pipe()
        self.mark = secrets.token_hex(16)
        self.process = CONTEXT.Process(
            target=_serve, args=(theirs, self.call, os.getpid(), self.mark), daemon=True
        )
        self.process.start()
        theirs.close()

    def hear(self, doing: str) -> None:
        self.doing, self.deadline = doing, time.monotonic() + self.limit

    def end(self) -> None:
        self.process.kill()
        assert self.process.pid is not None
        with contextlib.suppress(ProcessLookupError, AttributeError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what it started
        _end_marked(self.mark)
        self.process.join()
        self.connection.close()


class Workers:
    """So many processes, each with one task at a time.

    Args:
        count: how many.
        call: runs there; gets a task and a function that says what is begun, and whose result is
            sent back.
    """

    def __init__(self, count: int, call: Callable[[Any, Tell], Any]) -> None:
        self._all = [_Worker(call) for _ in range(count)]

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self._all:
            worker.end()

    @property
    def free(self) -> int:
        """How many have nothing to do."""
        return sum(worker.task is None for worker in self._all)

    def begin(self, task: Any, limit: float) -> None:
        """Has a free worker begin a task, which may go without a word for `limit` seconds."""
        worker = next(worker for worker in self._all if worker.task is None)
        worker.task, worker.limit = task, limit
        worker.hear("")
        worker.connection.send(task)

    def next(self) -> tuple[Any, Any]:
        """Waits for the next task that is done; with its result, or with `Lost`."""
        while True:
            busy = [worker for worker in self._all if worker.task is not None]
            patience = min(worker.deadline for worker in busy) - time.monotonic()
            ready = wait([worker.connection for worker in busy], max(patience, 0.0))
            for worker in busy:
                if worker.connection in ready:
                    try:
                        done, words = worker.connection.recv()
                    except (EOFError, ConnectionResetError):
                        worker.process.join()
                        return self._lost(worker, f"ended its process ({worker.process.exitcode})")
                    if done:
                        task, worker.task = worker.task, None
                        return task, words
                    worker.hear(words)
                elif time.monotonic() > worker.deadline:
                    return self._lost(worker, f"did not end within {worker.limit:g} s")

    def _lost(self, worker: _Worker, why: str) -> tuple[Any, Lost]:
        task, worker.task = worker.task, None
        worker.end()
        worker.start()
        return task, Lost(worker.doing, why)


def _end_marked(mark: str) -> None:
    """Kills, on Linux, what has gone into a session of its own, as the kernels of Jupyter do."""
    if sys.platform != "linux":
        return
    wanted = f"{MARK}={mark}".encode()
    while found := [pid for pid in filter(str.isdigit, os.listdir("/proc")) if _has(pid, wanted)]:
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)


def _has(pid: str, wanted: bytes) -> bool:
    """Whether a process was started with this in its environment, and still lives."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:
        return wanted in file.read().split(b"\0")  # empty where it has ended
    return False


def _serve(
    connection: Connection, call: Callable[[Any, Tell], Any], parent: int, mark: str
) -> None:
    """Does one task after the other."""
    _end_with(parent)
    os.environ[MARK] = mark  # whatever it starts inherits it
    torch.set_num_threads(1)
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        connection.send((True, call(task, lambda words: connection.send((False, words)))))


def _end_with(parent: int) -> None:
    """Leads a process group of its own, and on Linux is killed where the parent dies."""
    if hasattr(os, "setsid"):
        os.setsid()
    if sys.platform == "linux":
        from attention_course.grading.isolation import kernel

        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before
            os._exit(1)
