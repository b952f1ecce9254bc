"""Finds out what an answer is kept from, by having one try."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attention_course.exercises.asking import Returned
from attention_course.grading.isolation.joint import (
    Ended,
    IsolationError,
    Job,
    Limits,
    Protection,
    Ran,
)

MIB = 1 << 20
LIMITS = Limits(wall=20, cpu=5, memory=512 * MIB)

# What runs as an answer. Each try says "" where it was kept from it, else what it could do.
TRIES = """
import os
import socket


def network(it):
    socket.create_connection(("127.0.0.1", it["port"]), 2).close()
    return "it reached a port of this machine"


def reading(it):
    return "it read " + open(it["file"]).read(20)


def writing(it):
    open(os.path.join(it["folder"], "written"), "w").close()
    return "it wrote beside its own folder"


def processes(it):
    import resource

    other = it["process"]
    ways = {
        "signal": lambda: os.kill(other, 0),
        "limit": lambda: resource.prlimit(other, resource.RLIMIT_CORE),
        "slow down": lambda: os.setpriority(os.PRIO_PROCESS, other, 19),
        "move": lambda: os.sched_setaffinity(other, it["processors"]),
        "": lambda: signal_by_socket(other),  # whoever started that process will see it end
    }
    could = []
    for what, way in ways.items():
        try:
            way()
            could.append(what)
        except (OSError, AttributeError):
            pass
    could = [what for what in could if what]
    return f"it can {', '.join(could)} other processes" if could else ""


def signal_by_socket(process):
    import fcntl

    ours, theirs = socket.socketpair()
    fcntl.fcntl(ours, fcntl.F_SETSIG, 9)
    fcntl.fcntl(ours, fcntl.F_SETOWN, process)
    fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC)
    theirs.send(b"x")


def privileges(it):
    if os.getuid() == 0:
        return "it runs as root"
    os.setgroups([0])
    return "it can choose its groups"


def forking(it):
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    return "it started a process"


def memory(it):
    block = bytearray(it["memory"])
    return f"it took {len(block) >> 20} MiB"


def disk(it):
    for name in ("one", "two"):
        with open(name, "wb") as file:
            file.write(bytes(it["disk"]))
    return f"it wrote two files of {it['disk'] >> 20} MiB"


def calls(it):
    import ctypes

    asks = 0xFFFFFFFF  # and changes nothing
    could = ctypes.CDLL(None).personality(asks) >= 0
    return "it could call what no answer needs" if could else ""


def tried(it):
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    found = {}
    for one in (network, reading, writing, processes, privileges, memory, disk, calls, forking):
        try:
            found[one.__name__] = one(it)
        except (OSError, MemoryError):
            found[one.__name__] = ""
    return found
"""

CONTROL = """
import torch


def control(number):
    return (torch.ones(3, 3) * number).mean().item() * 3
"""

# the name that `grade` prints, what was tried, whether marks need it
PROTECTIONS = (
    ("memory limit", "memory", True),
    ("limit of disk space", "disk", False),
    ("no network", "network", True),
    ("no files of others", "reading", True),
    ("writes to its own folder alone", "writing", True),
    ("no reach to other processes", "processes", True),
    ("no privileges", "privileges", True),
    ("no processes of its own", "forking", False),
    ("system calls filtered", "calls", False),
)


def protections(
    ask: Callable[[Job, Limits], Ran], layers: Mapping[str, Any]
) -> tuple[tuple[Protection, ...], list[str]]:
    """What answers are kept from here, and the names of what is missing and must not be.

    Args:
        ask: runs an answer.
        layers: what there is to keep them from it, as in `settings.Layers`; empty for nothing.

    Raises:
        IsolationError: no answer can be run at all.
    """
    _control(ask)
    could = _tried(ask)
    means = _means(layers)
    shown = [Protection("limits of wall clock and CPU time", True, "watched from outside")]
    for name, tried, _ in PROTECTIONS:
        shown.append(Protection(name, not could[tried], could[tried] or ", ".join(means[tried])))
    missing = [name for name, tried, needed in PROTECTIONS if needed and could[tried]]
    ends = "pid namespace" if "pid" in layers.get("namespaces", ()) else ""
    ends = ends or ("" if could["forking"] else "no processes of its own")
    shown.append(Protection("nothing outlives an answer", bool(ends), ends or could["forking"]))
    if not ends:
        missing.append("nothing outlives an answer")
    return tuple(shown), missing


def _control(ask: Callable[[Job, Limits], Ran]) -> None:
    """Has an answer run that does nothing but its work: where it fails, no learner is to blame."""
    how = "attention_course.exercises.asking:call"
    ran = ask(Job((), CONTROL, "control", how, (), [{"number": 3.0}]), LIMITS)
    if ran.ended is not Ended.FINISHED or ran.outcomes != (Returned(9.0),):
        why = ran.detail or f"the control gives {ran.outcomes[0]}, expected 9.0"
        raise IsolationError(f"answers cannot be run here, not even a right one: {why}")


def _tried(ask: Callable[[Job, Limits], Ran]) -> dict[str, str]:
    """For each thing what an answer could do: "" where it was kept from it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
        _waiting() as process,
    ):
        Path(folder).chmod(0o777)
        file = Path(folder, "of-others")
        file.write_text("a file of others")
        file.chmod(0o666)
        it = {
            "port": server.getsockname()[1],
            "file": str(file),
            "folder": folder,
            "process": process.pid,
            "processors": list(range(os.cpu_count() or 1)),
            "memory": 2 * LIMITS.memory,
            "disk": LIMITS.disk * 3 // 4,  # the limit is of all files together
        }
        how = "attention_course.exercises.asking:call"
        ran = ask(Job((), TRIES, "tried", how, (), [{"it": it}]), LIMITS)
    if ran.ended is Ended.FAILED:
        raise IsolationError(f"answers cannot be run here: {ran.detail}")
    if ran.outcomes and isinstance(ran.outcomes[0], Returned):
        could = dict(ran.outcomes[0].value)
        if process.returncode:  # it would have ended by itself with 0
            could["processes"] = "it can end other processes"
        return could
    why = f"it could not be tried: {ran.outcomes or ran.detail}"
    return {tried: why for _, tried, _ in PROTECTIONS}


@contextlib.contextmanager
def _waiting() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing; at the end of the context it ends by itself."""
    program = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(program, stdin=subprocess.PIPE) as process:
        yield process


def _means(layers: Mapping[str, Any]) -> dict[str, list[str]]:
    """For each thing what keeps an answer from it."""
    kinds = layers.get("namespaces", ())
    landlock = layers.get("landlock", 0)
    calls = ["filter of system calls"] if layers.get("seccomp") else []
    files = ["root of its own"] if layers.get("jail") else []
    files += ["Landlock"] if landlock else []
    apart = {kind: [f"{kind} namespace"] if kind in kinds else [] for kind in ("net", "pid")}
    return {
        "memory": ["limit of address space"],
        "disk": ["file system of its own"],
        "network": [*apart["net"], *calls, *(["Landlock"] if landlock >= 4 else [])],
        "reading": files,
        "writing": files,
        "processes": [*apart["pid"], *calls, *(["Landlock"] if landlock >= 6 else [])],
        "privileges": ["a user of its own" if os.geteuid() == 0 else "no capabilities"],
        "forking": calls,
        "calls": calls,
    }
