"""Watches over the process of one answer: its clock, its end, and all that it started.

The guard is forked from the warm process and forks the answer's process. It holds no inputs and
no sources, and the answer's process cannot reach it. Over a socket of its own it tells the marking
process how things ended; when that socket is closed from the other side, it ends the question.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import NoReturn

READY = b"ready\n"


@dataclass(frozen=True)
class Report:
    """How the process of an answer ended.

    Attributes:
        status: its exit status; minus the signal where one ended it.
        timed_out: whether its wall time was over.
        cpu: CPU seconds of it and all it started.
        memory: peak resident memory in bytes of the largest of them.
        fault: what went wrong before the answer began, "" where nothing did.
    """

    status: int
    timed_out: bool = False
    cpu: float = 0.0
    memory: int = 0
    fault: str = ""


def report_in(line: bytes) -> Report | None:
    """The report in what a guard said; None where there is none."""
    if not line.startswith(READY) or not line.endswith(b"}"):
        return None
    return Report(**json.loads(line[len(READY) :]))


def watch(
    status: socket.socket, wall: float, enter: Callable[[], None], run: Callable[[], None]
) -> NoReturn:
    """Forks a process that runs `run`, waits for its end, reports, and exits.

    Args:
        status: to the marking process.
        wall: seconds that it may take.
        enter: what the guard has to do first, before it forks.
        run: what the new process does; it inherits the guard's descriptors and must close them.
    """
    try:
        report = _watched(status, wall, enter, run)
    except Exception as error:
        report = Report(status=-1, fault=f"{type(error).__name__}: {error}")
    with contextlib.suppress(OSError):
        status.sendall(json.dumps(asdict(report)).encode())
    os._exit(0)


def _watched(
    status: socket.socket, wall: float, enter: Callable[[], None], run: Callable[[], None]
) -> Report:
    gc.disable()  # a collection would touch, and so copy, all that is shared
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    enter()
    end = time.monotonic() + wall
    child = os.fork()
    if child == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        run()
        os._exit(0)
    status.sendall(READY)
    poll = select.poll()
    poll.register(wake_read, select.POLLIN)
    poll.register(status, select.POLLIN | select.POLLHUP)
    ended: int | None = None
    stopped = False
    while ended is None and not stopped and time.monotonic() < end:
        events = poll.poll(1e3 * max(0.0, end - time.monotonic()))
        stopped = any(descriptor == status.fileno() for descriptor, _ in events)
        with contextlib.suppress(BlockingIOError):
            os.read(wake_read, 64)
        ended = _reaped(child)
    timed_out = ended is None and not stopped
    last = _end_all(child, ended)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Report(
        status=last,
        timed_out=timed_out,
        cpu=used.ru_utime + used.ru_stime,
        memory=used.ru_maxrss * 1024,
    )


def _reaped(child: int) -> int | None:
    """Waits for whoever has ended; the status of the child if it was among them."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == child:
            found = os.waitstatus_to_exitcode(status)


def _end_all(child: int, ended: int | None) -> int:
    """Kills the child and all that it started, waits for them; the child's status."""
    if os.getpid() == 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)  # everything in this pid namespace but the guard
    elif ended is None:
        os.kill(child, signal.SIGKILL)
    while True:
        try:
            pid, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return -signal.SIGKILL if ended is None else ended
        if pid == child:
            ended = os.waitstatus_to_exitcode(status)
