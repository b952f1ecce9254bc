"""Calls of the Linux kernel that Python has no function for."""

from __future__ import annotations

import ctypes
import os
import platform

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

PR_SET_PDEATHSIG = 1
PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
MOUNT_SETATTR = 442  # as all calls since number 424, the same on every machine
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446

MACHINE = platform.machine()
LAST_CAPABILITY = 40  # CAP_CHECKPOINT_RESTORE; higher ones are refused, and that is borne

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def syscall(what: str, number: int, *arguments: object) -> int:
    """Calls the kernel by number; integers go as long.

    Raises:
        OSError: it was refused; with `what` in the message.
    """
    given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *given), what)


def prctl(option: int, value: int = 0, more: object = 0) -> int:
    """`prctl(2)`; raises OSError."""
    third = ctypes.c_ulong(more) if isinstance(more, int) else more
    zero = ctypes.c_ulong(0)
    result = _libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), third, zero, zero)
    return _checked(result, f"prctl {option}")


def unshare(flags: int) -> None:
    """`unshare(2)`; raises OSError."""
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def setns(descriptor: int, kind: int) -> None:
    """`setns(2)`; raises OSError."""
    _checked(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """`mount(2)`; raises OSError with the target in the message."""
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()
    )
    _checked(result, f"mount {target}")


def read_only(target: str) -> None:
    """Makes a mount and all below it read-only, without set-user-id.

    Raises:
        OSError: refused, as by kernels older than 5.12.
    """
    attributes = (ctypes.c_uint64 * 4)(MS_RDONLY | MS_NOSUID, 0, 0, 0)
    recursive, at = 0x8000, -100
    syscall(
        f"mount_setattr {target}", MOUNT_SETATTR, at, target.encode(), recursive,
        attributes, ctypes.sizeof(attributes),
    )  # fmt: skip


def change_root(folder: str) -> None:
    """Makes a folder, which must be a mount, the root, and lets go of the old one."""
    os.chdir(folder)
    syscall("pivot_root", PIVOT_ROOT[MACHINE], b".", b".")
    detach = 2
    _checked(_libc.umount2(b".", ctypes.c_int(detach)), "umount of the old root")
    os.chdir("/")


def madvise(start: int, length: int, advice: int) -> None:
    """`madvise(2)` for this process's own memory; raises OSError."""
    result = _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), ctypes.c_int(advice))
    _checked(result, "madvise")


def drop_bounding_set() -> None:
    """Sees to it that no program can bring capabilities; without privilege that needs nothing."""
    for capability in range(LAST_CAPABILITY + 1):
        _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), *[ctypes.c_ulong(0)] * 3)


def drop_capabilities() -> None:
    """Gives up all capabilities of this process; raises OSError."""
    version_3 = 0x20080522
    header = (ctypes.c_uint32 * 2)(version_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, nothing), "capset")
