"""The marking process's side of a guard: has the answer's clock read, and hears how it ended."""

from __future__ import annotations

import contextlib
import json
import socket
import time

from attention_course.grading.isolation.endings import Report

MOST_BYTES = 1 << 16  # of what a guard says
READING = 10.0  # seconds for a guard to look at the clock


class Guard:
    """What watches over the process of one answer.

    A word to it is a byte, and means that the clock is to be read; what it says are lines: a number
    for each reading, and in the end its report.

    Args:
        status: the socket to it.
    """

    def __init__(self, status: socket.socket) -> None:
        self._status = status
        self._heard = b""
        self._last = 0.0

    def clock(self) -> float:
        """CPU seconds of the answer and all that it started; the last known where it has ended.

        The first call says that the answer may be asked from now on: its time begins.
        """
        with contextlib.suppress(OSError):
            self._status.sendall(b"?")
            line = self._line(READING)
            if line[:1].isdigit():
                self._last = float(line)
            else:
                self._heard = line + self._heard
        return self._last

    def end(self) -> None:
        """Says that it is enough: whatever is left may be killed."""
        with contextlib.suppress(OSError):
            self._status.shutdown(socket.SHUT_WR)

    def report(self, seconds: float) -> Report | None:
        """How it ended, if that is said within some seconds."""
        deadline = time.monotonic() + seconds
        while line := self._line(deadline - time.monotonic()):
            if line.endswith(b"}\n"):
                return Report(**json.loads(line))
        return None

    def _line(self, seconds: float) -> bytes:
        """The next line; nothing where it does not come in time, or no more of them come."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._heard:
            left = deadline - time.monotonic()
            if left <= 0 or len(self._heard) > MOST_BYTES:
                return b""
            self._status.settimeout(left)
            try:
                more = self._status.recv(MOST_BYTES)
            except OSError:
                return b""
            if not more:
                return b""
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        return line + b"\n"
