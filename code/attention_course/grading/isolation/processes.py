"""Ends what a process started, and says what CPU time it took. Linux."""

from __future__ import annotations

import contextlib
import math
import os
import resource
import signal
import time


def end_all(child: int, ended: int | None) -> int:
    """Kills all that came of this process, which must be a subreaper, and waits for them.

    Args:
        child: one of them.
        ended: its status where it is known already.

    Returns:
        The child's status.
    """
    while True:
        for pid in _left():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            pid, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return -signal.SIGKILL if ended is None else ended
        if pid == child and not os.WIFSTOPPED(status):
            ended = os.waitstatus_to_exitcode(status)


def _left() -> list[int]:
    """What there is to kill; as process 1 of its namespace, the guard can reach all at once."""
    if os.getpid() == 1:
        return [-1]
    return children(os.getpid())


def children(parent: int) -> list[int]:
    """The processes whose parent it is; whoever loses his own parent becomes the guard's."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
            # "pid (any name) state parent ..."
            if int(file.read().rpartition(b")")[2].split()[1]) == parent:
                found.append(int(name))
    return found


def spent(pid: int) -> float:
    """CPU seconds of a process and of all that came of it, as the kernel counts them.

    What ends meanwhile may be left out; nothing is counted twice.
    """
    with contextlib.suppress(OSError):  # it has ended
        own = clock(pid)
        with open(f"/proc/{pid}/stat", "rb") as file:
            # the 14th and 15th of all are its own, the two behind them those of what has ended
            ended = file.read().rpartition(b")")[2].split()[13:15]
        ticks = sum(map(int, ended)) / os.sysconf("SC_CLK_TCK")
        return own + ticks + sum(map(spent, children(pid)))
    return 0.0


def spent_by_children(one: int) -> float:
    """CPU seconds of all that came of this process, which must be a subreaper.

    Args:
        one: of its children; nobody else can be asked where /proc is not that of this process's
            own namespace.
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = used.ru_utime + used.ru_stime
    if os.readlink("/proc/self") == str(os.getpid()):
        return ended + sum(map(spent, children(os.getpid())))
    return ended + clock(one)


def clock(pid: int) -> float:
    """CPU seconds of a process by itself; raises OSError where there is none."""
    return time.clock_gettime((~pid << 3) | 2)  # as clock_getcpuclockid(3) makes it of a pid


def allow(pid: int, seconds: float) -> None:
    """Lets a process use so many seconds of CPU time more, rounded up, if it lives."""
    with contextlib.suppress(OSError, ValueError):
        _, most = resource.prlimit(pid, resource.RLIMIT_CPU)
        soft = math.ceil(clock(pid) + seconds - 0.05)  # what a process takes to begin
        resource.prlimit(pid, resource.RLIMIT_CPU, (min(soft, most), min(soft + 1, most)))
