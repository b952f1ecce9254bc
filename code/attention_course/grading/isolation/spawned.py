"""Where no process can be forked for an answer: a new one each time, that imports everything."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from attention_course.grading.isolation.channel import Channel, Closed
from attention_course.grading.isolation.conversation import SMALL, START, Clock, Said, converse
from attention_course.grading.isolation.endings import Report
from attention_course.grading.isolation.environment import environment
from attention_course.grading.isolation.frames import FrameError
from attention_course.grading.isolation.joint import IsolationError, Job, Limits

PROGRAM = "attention_course.grading.isolation.spawned_process"


class Spawned:
    """Starts a process for every answer, and watches over it from here.

    Args:
        preload: names of modules that answers need.
    """

    def __init__(self, preload: Sequence[str]) -> None:
        self._preload = list(preload)
        self._folder = tempfile.mkdtemp(prefix="attention-course-")
        Path(self._folder).chmod(0o711)  # lanes have folders of other owners in it
        self.layers: dict[str, Any] = {}
        if os.name == "posix":
            from attention_course.grading.isolation import settings  # Windows has no such limits

            self.layers = asdict(settings.layers())

    def run(self, job: Job, limits: Limits, slot: int) -> tuple[Said, Report]:
        """Has an answer run in a lane; what it said and how it ended.

        Raises:
            IsolationError: the process could not be started.
        """
        folder = Path(self._folder, str(slot))
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(mode=0o700)
        except OSError as error:  # as after `close`
            raise IsolationError(f"there is no folder for the answer: {error}") from None
        password = secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as server:
            orders = {
                "port": server.getsockname()[1],
                "password": password,
                "preload": self._preload,
                "limits": asdict(limits),
                "slot": slot,
                "folder": str(folder),
            }
            process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(),
                cwd=self._folder,
                start_new_session=True,
            )
            try:
                assert process.stdin is not None
                with process.stdin, contextlib.suppress(OSError):
                    process.stdin.write(json.dumps(orders).encode())
                channel = _met(server, password, process)
                try:
                    said = converse(channel, job, limits, _clock(process.pid, limits))
                finally:
                    channel.close()
                return said, _report(process, said)
            finally:
                if process.returncode is None:
                    _kill(process)
                    process.wait()
                shutil.rmtree(folder, ignore_errors=True)

    def revive(self) -> None:
        """Nothing lives on between answers."""

    def close(self) -> None:
        """Removes what was there for the answers."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _met(server: socket.socket, password: str, process: subprocess.Popen[bytes]) -> Channel:
    """The channel to the process, which says the password first; strangers are sent away."""
    deadline = time.monotonic() + START
    server.settimeout(0.2)
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(TimeoutError):
            channel = Channel(server.accept()[0])
            try:
                said = channel.receive(time.monotonic() + 5, SMALL)
            except (Closed, FrameError, TimeoutError):
                said = None
            if isinstance(said, str) and secrets.compare_digest(said.encode(), password.encode()):
                return channel
            channel.close()
    raise IsolationError("the process for an answer could not be started")


def _clock(pid: int, limits: Limits) -> Clock:
    """Reads the CPU seconds of a process, where the system lets others do that."""
    if sys.platform != "linux":
        return lambda: None
    from attention_course.grading.isolation import processes  # Linux alone has it

    begun = False

    def clock() -> float:
        nonlocal begun
        if not begun:
            processes.allow(pid, limits.cpu)
            begun = True
        return processes.spent(pid)

    return clock


def _report(process: subprocess.Popen[bytes], said: Said) -> Report:
    """Ends the process, after a moment if it is leaving by itself, and says how it ended."""
    if not hasattr(os, "wait4"):  # Windows
        _kill(process)
        return Report(process.wait(), said.late)
    deadline = time.monotonic() + (1.0 if said.gone else 0.0)
    pid, status, used = os.wait4(process.pid, os.WNOHANG)
    while not pid and time.monotonic() < deadline:
        time.sleep(0.01)
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
    _kill(process)
    if not pid:
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Report(process.returncode, said.late, used.ru_utime + used.ru_stime, memory)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kills it and what it started, unless that went out of its way to leave."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
