"""What a command costs: wall time, and the memory of it and all that it starts."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

EVERY = 0.25  # seconds between two looks at the memory
CORES = 2


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes:
        seconds: of wall time.
        peak: the most memory that was seen at once, in bytes.
        later: the median of the memory in the second half of the time, in bytes. The longer a
            command runs, the higher is the highest of its peaks by chance; only what it gathers
            makes its median grow.
        printed: on stdout.
    """

    seconds: float
    peak: int
    later: float
    printed: str


def of(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> Cost:
    """Runs a command to its end.

    Raises:
        RuntimeError: its exit status is not 0.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as error:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=out, stderr=error)
        with _watched(process.pid) as seen:
            status = process.wait()
        seconds = time.perf_counter() - begin
        out.seek(0)
        error.seek(0)
        if status != 0:
            tail = error.read()[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with status {status}:\n{tail}")
        later = statistics.median(seen[len(seen) // 2 :])
        return Cost(seconds, max(seen), later, out.read())


@contextlib.contextmanager
def two_cores() -> Iterator[None]:
    """Keeps this process and all that it starts on two cores, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """Watches the memory of a process and its descendants; yields the list of what was seen."""
    seen = [memory(pid)]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(EVERY):
            seen.append(memory(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def memory(pid: int) -> int:
    """Bytes of a process and its descendants; what they share is counted once."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(map(_part, family))


def _part(process: psutil.Process) -> int:
    """Its proportional share; all that is resident where the system does not tell."""
    try:
        try:
            found = process.memory_full_info()
        except psutil.AccessDenied:
            found = process.memory_info()
    except psutil.NoSuchProcess:
        return 0
    return int(getattr(found, "pss", found.rss))
