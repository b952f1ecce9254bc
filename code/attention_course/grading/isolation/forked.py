"""The marking process's side of the warm process: starts it, and has it fork for a question."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from attention_course.grading.isolation import kernel
from attention_course.grading.isolation.channel import Channel
from attention_course.grading.isolation.conversation import START, Said, converse
from attention_course.grading.isolation.endings import Report
from attention_course.grading.isolation.environment import environment
from attention_course.grading.isolation.guarded import Guard
from attention_course.grading.isolation.hollow import is_hollowed
from attention_course.grading.isolation.joint import IsolationError, Job, Limits, Lost

PROGRAM = "attention_course.grading.isolation.warm_process"
GRACE = 10.0  # seconds beyond an answer's wall time, after which the guard is given up
MOST_BYTES = 1 << 16  # of what the warm process or a guard says


class Forked:
    """A warm process, and what it forks.

    Args:
        preload: names of modules that answers need.
        lanes: how many answers run at a time.
        without: layers of protection not to use, so that the others can be tried: kinds of
            namespaces, "jail", "landlock", "seccomp".

    Raises:
        IsolationError: it could not be started.
    """

    def __init__(self, preload: Sequence[str], lanes: int, without: Sequence[str] = ()) -> None:
        self._orders = {"preload": list(preload), "lanes": lanes, "without": list(without)}
        self._lock = threading.Lock()
        self._dumpable = kernel.prctl(kernel.PR_GET_DUMPABLE)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # nobody reads this process's memory
        self._closed = False
        self.layers: dict[str, Any] = {}
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def run(self, job: Job, limits: Limits, slot: int) -> tuple[Said, Report]:
        """Has an answer run in a lane; what it said and how it ended.

        Raises:
            Lost: nobody is there any more who could tell.
        """
        with contextlib.ExitStack() as stack:
            ours, theirs = _pair(stack)
            status, status_theirs = _pair(stack)
            message = {"limits": asdict(limits), "slot": slot}
            message["hollow"] = [name for name in job.barred if is_hollowed(name)]
            self._request(message, theirs, status_theirs)
            guard = Guard(status)
            said = converse(Channel(ours), job, limits, guard.clock, grace=GRACE)
            ours.close()
            report = guard.report(1.0) if said.gone else None  # it is about to be noticed
            if report is None:
                guard.end()
                report = guard.report(GRACE)
        if report is None:
            raise Lost
        return said, report

    def revive(self) -> None:
        """Starts the warm process again where it is gone.

        Raises:
            IsolationError: it cannot be started, or not with the layers that it had, or no more
                answers are wanted.
        """
        with self._lock:
            if self._closed:
                raise IsolationError("it was closed, and runs no more answers")
            if self._alive():
                return
            self._stop()
            before = self.layers
            self._start()
            changed = _changed(before, self.layers)
            if changed:
                self._stop()
                self.layers = before
                raise IsolationError(f"the process that runs answers came back with {changed}")

    def close(self) -> None:
        """Ends the warm process and everything that came of it."""
        with self._lock:
            self._closed = True
            self._stop()
            if self._dumpable == 1:
                kernel.prctl(kernel.PR_SET_DUMPABLE, 1)

    def _request(
        self, message: dict[str, Any], question: socket.socket, status: socket.socket
    ) -> None:
        said = json.dumps(message).encode()
        with self._lock, question, status:
            try:
                socket.send_fds(self._control, [said], [question.fileno(), status.fileno()])
            except OSError:
                raise Lost from None

    def _start(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="attention-course-")
        Path(self._folder).chmod(0o711)  # lanes have folders of other owners in it
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=environment(),
                cwd="/",
                start_new_session=True,  # Ctrl-C is for this process alone
            )
        self._control.settimeout(START)
        try:
            self._control.send(json.dumps({**self._orders, "folder": self._folder}).encode())
            said: dict[str, Any] = json.loads(self._control.recv(MOST_BYTES) or b"{}")
        except OSError as error:
            said = {"error": str(error)}
        self._control.settimeout(None)
        if "layers" not in said:
            self._stop()
            why = said.get("error", "it ended at once")
            raise IsolationError(f"the process that runs answers could not be started: {why}")
        self.layers = said["layers"]

    def _stop(self) -> None:
        if not hasattr(self, "_process"):
            return
        self._control.close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)  # it does so itself, unless it is killed

    def _alive(self) -> bool:
        try:
            return bool(self._control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True
        except OSError:
            return False


def _changed(before: dict[str, Any], now: dict[str, Any]) -> str:
    """What of the layers is another than it was, but for what it maps: that protects nobody."""
    return "; ".join(
        f"{name} {now[name]}, expected {before[name]} as before"
        for name in before
        if name != "mapped" and before[name] != now[name]
    )


def _pair(stack: contextlib.ExitStack) -> tuple[socket.socket, socket.socket]:
    one, other = socket.socketpair()
    return stack.enter_context(one), stack.enter_context(other)
