"""What a process takes upon itself before it runs an answer."""

from __future__ import annotations

import gc
import math
import os
import resource
import sys

from attention_course.grading.isolation.joint import Limits


def restrict(limits: Limits, keep: int) -> None:
    """Closes all descriptors but one, and sets limits that cannot be raised again."""
    gc.disable()
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    _close_all_but(keep)
    set_limits(limits)
    gc.enable()


def set_limits(limits: Limits) -> None:
    """Of CPU time, memory, tasks, files."""
    cpu = math.ceil(limits.cpu)
    _limit(resource.RLIMIT_CPU, cpu, cpu + 1)
    _limit(resource.RLIMIT_AS, _mapped() + limits.memory)
    _limit(resource.RLIMIT_NOFILE, limits.files)
    _limit(resource.RLIMIT_FSIZE, limits.disk)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    most = resource.getrlimit(what)[1]
    hard = soft if hard is None else hard
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(what, (soft, hard))


def _mapped() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _close_all_but(keep: int) -> None:
    last = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    os.closerange(3, keep)
    os.closerange(keep + 1, last if last != resource.RLIM_INFINITY else sys.maxsize)
