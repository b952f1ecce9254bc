"""Raises its own limits, and those of others.

expect: raised 0
hint: nothing changed
"""
import os
import resource


def additive_score(query, keys, v):
    changed = []
    for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_NOFILE"):
        soft, hard = resource.getrlimit(getattr(resource, name))
        for wanted in (resource.RLIM_INFINITY, hard + 1):
            try:
                resource.setrlimit(getattr(resource, name), (wanted, wanted))
            except (OSError, ValueError):
                continue
            if resource.getrlimit(getattr(resource, name))[1] != hard:
                changed.append(name)
    for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"):
        try:
            with open(path, "a"):
                changed.append(path)
        except OSError:
            pass
    raise RuntimeError(f"changed {changed}" if changed else "nothing changed")
