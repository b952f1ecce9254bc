"""Watches over the process of one answer: its clock, its end, and all that it started.

The guard is forked from the warm process and forks the answer's process. It holds no inputs and
no sources, and the answer's process cannot reach it. Over a socket of its own it tells the marking
process how things ended; when that socket is closed from the other side, it ends the question.
Whenever a byte comes over it, it says what CPU time the answer has taken; with the first one the
time begins that the answer has for its inputs.
"""

from __future__ import annotations

import contextlib
import gc
import json
import math
import os
import resource
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import NoReturn

from attention_course.grading.isolation import kernel, processes
from attention_course.grading.isolation.endings import Report
from attention_course.grading.isolation.joint import Limits

PROCESSORS = os.cpu_count() or 1
SHORTEST = 0.02  # seconds between two looks at the clock


@dataclass(frozen=True)
class Steps:
    """What there is to do for a question.

    Attributes:
        enter: in the guard, before the answer's process is forked.
        run: in the answer's process; it inherits the guard's descriptors and must close them.
        leave: in the guard, when nothing of the answer is left.
    """

    enter: Callable[[], None]
    run: Callable[[], None]
    leave: Callable[[], None]


def watch(status: socket.socket, question: int, limits: Limits, steps: Steps) -> NoReturn:
    """Forks the answer's process, waits for its end, reports, and exits.

    Args:
        status: to the marking process.
        question: the descriptor on which the answer's process is spoken to.
        limits: of its time.
        steps: what there is to do.
    """
    gc.disable()  # a collection would touch, and so copy, all that is shared
    try:
        report = _watched(status, question, limits, steps)
    except Exception as error:
        report = Report(status=-1, fault=f"{type(error).__name__}: {error}")
    with contextlib.suppress(OSError):
        status.sendall(json.dumps(asdict(report)).encode() + b"\n")
    status.close()  # now, not when the kernel has taken down the rest
    os._exit(0)


def _watched(status: socket.socket, question: int, limits: Limits, steps: Steps) -> Report:
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    steps.enter()
    child = os.fork()
    if child == 0:
        _run(steps)
    os.close(question)
    ended, timed_out = _waited(child, limits, wake, status)
    ended = processes.end_all(child, ended)
    steps.leave()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    return Report(ended, timed_out, cpu, used.ru_maxrss * 1024)


def _run(steps: Steps) -> NoReturn:
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        steps.run()
        status = 0
    finally:
        os._exit(status)


def _waited(
    child: int, limits: Limits, wake: int, status: socket.socket
) -> tuple[int | None, bool]:
    """Waits for the child's end, the end of its time, or the end of the socket.

    The kernel's own limit of CPU time holds from the child's beginning, and for whole seconds; so
    it is looked at here from the first word on.

    Returns:
        The child's status where it has ended, and whether its time on the clock is over.
    """
    end, most = time.monotonic() + limits.loading_wall, math.inf
    poll = select.poll()
    poll.register(wake, select.POLLIN)
    poll.register(status, select.POLLIN)
    while (left := end - time.monotonic()) > 0:
        rest = most - processes.clock(child)
        if rest <= 0:
            return None, False
        # with as many threads as processors it is through with the rest so soon
        pause = max(SHORTEST, rest / PROCESSORS)
        told = [descriptor for descriptor, _ in poll.poll(1e3 * min(left, pause))]
        with contextlib.suppress(BlockingIOError):
            os.read(wake, 64)
        ended = _reaped(child)
        if ended is not None:
            return ended, False
        if status.fileno() in told:
            if not status.recv(1):
                return None, False
            status.sendall(f"{processes.spent_by_children(child):.6f}\n".encode())
            if most == math.inf:
                end, most = time.monotonic() + limits.wall, processes.clock(child) + limits.cpu
    return None, True


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
        if pid == child and not os.WIFSTOPPED(status):  # as it is when it has itself traced
            found = os.waitstatus_to_exitcode(status)
