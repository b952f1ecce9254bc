"""What a process takes upon itself, for good, before it runs an answer."""

from __future__ import annotations

import contextlib
import gc
import math
import os
import resource
import sys
import time
from dataclasses import dataclass

from attention_course.grading.isolation import kernel, landlock, seccomp, visible
from attention_course.grading.isolation.joint import Limits

FIRST_ID = 64000  # user and group ids from here on, one for each lane, where root gives up its own
KEPT = ("LC_ALL", "OMP_NUM_THREADS", "PYTHONHASHSEED", "MPLBACKEND", "CUDA_VISIBLE_DEVICES")


@dataclass(frozen=True)
class Layers:
    """What there is to keep an answer apart.

    Attributes:
        mapped: bytes that its process has mapped to begin with; None where nobody can tell.
        namespaces: the kinds that each question gets of its own.
        jail: whether the warm process has a root of its own.
        landlock: version of the interface, 0 for none.
        seccomp: whether system calls can be filtered.
        others: processes that count against the same limit of tasks; None where nobody can tell.
        missing: why something cannot be had, by name.
    """

    mapped: int | None
    namespaces: tuple[str, ...] = ()
    jail: bool = False
    landlock: int = 0
    seccomp: bool = False
    others: int | None = None
    missing: tuple[tuple[str, str], ...] = ()


def layers() -> Layers:
    """What a process can have by itself, without a warm process."""
    linux = sys.platform == "linux"
    return Layers(
        mapped=_mapped() if linux else None,
        landlock=landlock.version() if linux else 0,
        seccomp=linux and seccomp.available(),
        others=0 if os.geteuid() == 0 else None,
    )


def _mapped() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def owner(slot: int) -> tuple[int, int]:
    """The user and group id that an answer in a lane runs as."""
    if os.geteuid() == 0:
        return FIRST_ID + slot, FIRST_ID + slot
    return os.geteuid(), os.getegid()


def restrict(limits: Limits, layers: Layers, slot: int, folder: str, keep: int) -> None:
    """Gives up all that an answer does not need.

    Args:
        limits: that are set on this process.
        layers: what there is.
        slot: the number of the lane.
        folder: the private one.
        keep: the one descriptor that stays open.

    Raises:
        OSError: something of that was refused.
    """
    gc.disable()  # a collection would touch, and so copy, what is shared with the warm process
    if os.getsid(0) != os.getpid():
        os.setsid()
    _close_all_but(keep)
    _limit_all(limits, layers)
    linux = sys.platform == "linux"
    if linux:
        _first_where_memory_runs_out()
        kernel.drop_bounding_set()
    uid, gid = owner(slot)
    if os.geteuid() == 0:
        os.chown(folder, uid, gid)
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        _check_python(uid)
    os.chdir(folder)
    os.umask(0o077)
    _environment(folder)
    if linux:
        kernel.drop_capabilities()
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        if layers.landlock:
            readable = ["/"] if layers.jail else [*visible.outside_the_course(), *visible.course()]
            landlock.restrict(layers.landlock, readable, [folder, *visible.DEVICES])
        if layers.seccomp:
            seccomp.restrict(os.getpid())
    gc.enable()


def _check_python(uid: int) -> None:
    """What is imported later must be there for this user too; raises PermissionError."""
    for path in (os.__file__, visible.PACKAGE / "__init__.py"):
        if not os.access(path, os.R_OK):
            raise PermissionError(
                f"{path} cannot be read by the user {uid} that answers run as where root marks; "
                "mark as another user than root"
            )


def _first_where_memory_runs_out() -> None:
    """Has the kernel end this process before any other, where it lets that be set."""
    dumpable = kernel.prctl(kernel.PR_GET_DUMPABLE)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # or the file is root's; there is no secret here yet
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    kernel.prctl(kernel.PR_SET_DUMPABLE, int(dumpable == 1))


def _limit_all(limits: Limits, layers: Layers) -> None:
    # from the first inputs on it is less, see `processes.allow`
    cpu = math.ceil(limits.loading + limits.cpu) + int(time.process_time())
    _limit(resource.RLIMIT_CPU, cpu, cpu + 1)  # a signal first, that tells it apart
    if layers.mapped is not None:
        _limit(resource.RLIMIT_AS, layers.mapped + limits.memory)
    _limit(resource.RLIMIT_NOFILE, limits.files)
    _limit(resource.RLIMIT_FSIZE, limits.disk)
    _limit(resource.RLIMIT_CORE, 0)
    if layers.others is not None:
        _limit(resource.RLIMIT_NPROC, limits.tasks + layers.others)


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    most = resource.getrlimit(what)[1]
    hard = soft if hard is None else hard
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(what, (soft, hard))


def _close_all_but(keep: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, keep)
    os.closerange(keep + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _environment(folder: str) -> None:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, HOME=folder, TMPDIR=folder, USER="answer", LOGNAME="answer")
