"""Runs answers in processes of their own, forked from a warm one."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import site
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import attention_course
from attention_course.exercises.asking import Raised
from attention_course.grading.isolation import guard
from attention_course.grading.isolation.channel import Channel
from attention_course.grading.isolation.conversation import Said, converse
from attention_course.grading.isolation.guard import Report
from attention_course.grading.isolation.joint import (
    Ended,
    IsolationError,
    Job,
    Limits,
    Protection,
    Ran,
)

START = 120.0  # seconds for the imports
GRACE = 10.0  # seconds beyond an answer's wall time, after which the guard is given up


class _Lost(Exception):
    """The guard or the warm process is gone."""


class Warm:
    """Forks a process for every answer, from one that has everything imported.

    Args:
        preload: names of modules that the setup cells and the questions' `ask` need.
        lanes: how many answers may run at a time; more wait.
        require: whether to refuse where an answer could not be kept from everything.
        start: "fork", "spawn", or None (default): whichever this system has.

    Raises:
        IsolationError: the process could not be started, or a protection is missing.
    """

    def __init__(
        self,
        preload: Sequence[str],
        *,
        lanes: int,
        require: bool = False,
        start: str | None = None,
    ) -> None:
        self._preload = list(preload)
        self._slots: queue.Queue[int] = queue.Queue()
        for slot in range(lanes):
            self._slots.put(slot)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.protections: tuple[Protection, ...] = ()
        self._start()

    def __enter__(self) -> Warm:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the warm process and everything that came of it."""
        with self._lock:
            self._stop()

    def ask(self, job: Job, limits: Limits) -> Ran:
        """Runs an answer; may be called from several threads. Never raises for what it does."""
        slot = self._slots.get()
        start = time.monotonic()
        try:
            for _ in range(2):
                generation = self._process
                try:
                    return self._ran(job, limits, slot, start)
                except _Lost:
                    self._restart(generation)
            detail = "it took the process that watches over it with it, twice"
            return Ran((), Ended.DIED, detail, time.monotonic() - start)
        finally:
            self._slots.put(slot)

    # --- one question ------------------------------------------------------------------------

    def _ran(self, job: Job, limits: Limits, slot: int, start: float) -> Ran:
        with contextlib.ExitStack() as stack:
            ours, theirs = _pair(stack)
            status, status_theirs = _pair(stack)
            self._request(limits, slot, [theirs, status_theirs])
            theirs.close()
            status_theirs.close()
            line = _read(status, START, until=len(guard.READY))
            if line != guard.READY:
                raise _Lost
            deadline = time.monotonic() + limits.wall + GRACE
            said = converse(Channel(ours), job, deadline, limits.frame)
            ours.close()
            if said.broke:
                # the guard knows how it ended; where it has not, that is for us to say
                time_left = deadline - time.monotonic()
                status.settimeout(max(0.1, time_left))
            report = guard.report_in(line + _read(status, GRACE))
        if report is None:
            raise _Lost
        return _judged(said, report, limits, time.monotonic() - start)

    def _request(self, limits: Limits, slot: int, ends: list[socket.socket]) -> None:
        message = json.dumps({"limits": asdict(limits), "slot": slot}).encode()
        with self._lock:
            if self._control is None:
                raise _Lost
            try:
                socket.send_fds(self._control, [message], [end.fileno() for end in ends])
            except OSError:
                raise _Lost from None

    # --- the warm process --------------------------------------------------------------------

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "attention_course.grading.isolation.warm_process",
                 str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=_environment(),
                cwd="/",
                start_new_session=True,
            )  # fmt: skip
        self._control = ours
        ours.settimeout(START)
        try:
            ours.send(json.dumps({"preload": self._preload}).encode())
            said: dict[str, Any] = json.loads(ours.recv(1 << 16) or b"{}")
        except OSError as error:
            said = {"error": str(error)}
        if not said.get("ready"):
            self._stop()
            why = said.get("error", "it ended")
            raise IsolationError(f"the process that runs answers could not be started: {why}")
        ours.settimeout(None)

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _restart(self, generation: subprocess.Popen[bytes] | None) -> None:
        with self._lock:
            if self._process is generation and self._control is not None:
                self._stop()
                self._start()


def _pair(stack: contextlib.ExitStack) -> tuple[socket.socket, socket.socket]:
    one, other = socket.socketpair()
    return stack.enter_context(one), stack.enter_context(other)


def _read(end: socket.socket, seconds: float, until: int = 4096) -> bytes:
    """What comes within some seconds, up to so many bytes or the end."""
    deadline = time.monotonic() + seconds
    data = b""
    while len(data) < until:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        end.settimeout(left)
        try:
            more = end.recv(until - len(data))
        except OSError:
            break
        if not more:
            break
        data += more
    return data


def _environment() -> dict[str, str]:
    package = Path(attention_course.__path__[0]).parent
    path = [str(package), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    if site.ENABLE_USER_SITE and site.USER_BASE:
        kept["PYTHONUSERBASE"] = site.USER_BASE
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "MPLBACKEND": "agg",
        "LC_ALL": "C.UTF-8",
        "PATH": os.defpath,
    }


def _judged(said: Said, report: Report, limits: Limits, seconds: float) -> Ran:
    def ran(ended: Ended, detail: str = "") -> Ran:
        return Ran(
            tuple(said.outcomes), ended, detail, seconds, report.cpu, report.memory, said.tripped
        )

    spent = report.cpu >= limits.cpu
    if report.fault:
        return ran(Ended.FAILED, report.fault)
    if any(_for_memory(outcome) for outcome in said.outcomes):
        return ran(Ended.MEMORY, "it asked for more memory than it may have")
    if not said.broke:
        return ran(Ended.FINISHED)
    if report.timed_out or said.late:
        return ran(Ended.TIMED_OUT, "its wall time was over")
    if report.status == -signal.SIGXCPU or (report.status == -signal.SIGKILL and spent):
        return ran(Ended.TIMED_OUT, "its CPU time was over")
    return ran(Ended.DIED, said.broke)


def _for_memory(outcome: object) -> bool:
    if not isinstance(outcome, Raised):
        return False
    return outcome.type_name == "MemoryError" or "can't allocate memory" in outcome.message
