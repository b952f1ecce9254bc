"""Ends what a process started."""

from __future__ import annotations

import contextlib
import os
import signal


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
