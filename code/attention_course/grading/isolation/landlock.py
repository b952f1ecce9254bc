"""Landlock: a process bars itself from files, TCP and signals to others. Needs no privilege."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from attention_course.grading.isolation import kernel

VERSION = 1  # the flag that asks for the version
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 1 << 1, 1 << 2, 1 << 3
TRUNCATE = 1 << 14
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many rights over files each version knows
OF_FILES = READ_FILE | WRITE_FILE | TRUNCATE  # those that make sense for a plain file
IOCTL_DEV = 1 << 15
TCP = 0b11  # bind, connect
SCOPES = 0b11  # abstract unix sockets, signals


def version() -> int:
    """The version of the interface; 0 where the kernel has none."""
    try:
        return kernel.syscall("landlock", kernel.LANDLOCK_CREATE_RULESET, 0, 0, VERSION)
    except OSError:
        return 0


def restrict(interface: int, readable: Iterable[str], writable: Iterable[str]) -> None:
    """Leaves this process, for good, nothing but to read and write in some places.

    Signals to other processes and TCP are barred where the version of the interface has that.
    `no_new_privs` must be set.

    Args:
        interface: what `version` said.
        readable: folders and files to read.
        writable: folders and files to read and write.

    Raises:
        OSError: it was refused.
    """
    rights = (1 << RIGHTS[min(interface, 5)]) - 1
    net = TCP if interface >= 4 else 0
    scoped = SCOPES if interface >= 6 else 0
    handled = struct.pack("=QQQ", rights, net, scoped)
    size = 8 if interface < 4 else 16 if interface < 6 else 24
    ruleset = kernel.syscall(
        "landlock_create_ruleset", kernel.LANDLOCK_CREATE_RULESET, handled[:size], size, 0
    )
    try:
        for path in readable:
            _allow(ruleset, path, READ_FILE | READ_DIR)
        for path in writable:
            _allow(ruleset, path, rights & ~(EXECUTE | IOCTL_DEV))
        kernel.syscall("landlock_restrict_self", kernel.LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= OF_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        beneath = 1
        kernel.syscall("landlock_add_rule", kernel.LANDLOCK_ADD_RULE, ruleset, beneath, rule, 0)
    finally:
        os.close(place)
