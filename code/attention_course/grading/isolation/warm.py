"""Runs answers, each in a process of its own."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from attention_course.grading.isolation import endings, probing
from attention_course.grading.isolation.joint import (
    Ended,
    IsolationError,
    Job,
    Limits,
    Lost,
    Protection,
    Ran,
)
from attention_course.grading.isolation.spawned import Spawned

if TYPE_CHECKING:
    from attention_course.grading.isolation.forked import Forked


class Warm:
    """Runs every answer in a process of its own, which has everything imported.

    Args:
        preload: names of modules that the setup cells and the questions' `ask` need.
        lanes: how many answers may run at a time; more wait.
        require: whether to refuse where an answer could not be kept from everything.
        start: "fork" from a warm process, "spawn" a new one each time (seconds each), or None
            (default): "fork" on Linux, "spawn" elsewhere.

    Raises:
        IsolationError: the processes cannot be started, or a protection is missing.
    """

    def __init__(
        self,
        preload: Sequence[str],
        *,
        lanes: int,
        require: bool = False,
        start: str | None = None,
    ) -> None:
        self._slots: queue.Queue[int] = queue.Queue()
        for slot in range(lanes):
            self._slots.put(slot)
        self._turns = _Turns()
        self._runner: Forked | Spawned
        if start is None:
            start = "fork" if sys.platform == "linux" else "spawn"
        if start == "fork":
            from attention_course.grading.isolation.forked import Forked  # Linux alone has it

            self._runner = Forked(preload, lanes)
        elif start == "spawn":
            self._runner = Spawned(preload)
        else:
            raise ValueError(f'start is {start!r}, expected "fork" or "spawn"')
        try:
            self.protections = self._protections(require)
        except BaseException:
            self.close()
            raise

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
        """Ends all processes that were started, and what they started."""
        self._runner.close()

    def ask(self, job: Job, limits: Limits) -> Ran:
        """Runs an answer; may be called from several threads. Never raises for what it does."""
        slot = self._slots.get()
        start = time.monotonic()
        try:
            said, report = self._run(job, limits, slot)
        except Lost:
            detail = "it took the process that watches over it with it, twice"
            return Ran((), Ended.DIED, detail, time.monotonic() - start)
        except IsolationError as error:
            return Ran((), Ended.FAILED, str(error), time.monotonic() - start)
        finally:
            self._slots.put(slot)
        return endings.ran(said, report, limits, time.monotonic() - start)

    def _protections(self, require: bool) -> tuple[Protection, ...]:
        protections, missing = probing.protections(self.ask, self._runner.layers)
        if require and missing:
            raise IsolationError(
                f"answers cannot be isolated on this machine; missing: {'; '.join(missing)}"
            )
        return protections

    def _run(self, job: Job, limits: Limits, slot: int) -> tuple[endings.Said, endings.Report]:
        try:
            with self._turns.shared():
                return self._runner.run(job, limits, slot)
        except Lost:
            # Of several that ran, one has done it: each is tried once more, alone.
            with self._turns.alone():
                self._runner.revive()
                return self._runner.run(job, limits, slot)


class _Turns:
    """Many at a time, or one alone; who wants to be alone comes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._waiting = 0

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and self._running >= 0)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self._running == 0)
            finally:
                self._waiting -= 1
            self._running = -1
        try:
            yield
        finally:
            with self._changed:
                self._running = 0
                self._changed.notify_all()
