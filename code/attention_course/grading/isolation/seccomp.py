"""A filter of system calls: an answer has no use for sockets, processes or mounts.

A list of what is barred, not of what is allowed: torch and the C library use what they like.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from attention_course.grading.isolation import kernel

# name: number on x86_64, number on aarch64 (None: has it not)
BARRED: dict[str, tuple[int, int | None]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept4": (288, 242),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "syslog": (103, 116),
    "personality": (135, 92),
    "vhangup": (153, 58),
    "modify_ldt": (154, None),
    "pivot_root": (155, 41),
    "adjtimex": (159, 171),
    "chroot": (161, 51),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "mount": (165, 40),
    "umount2": (166, 39),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, None),
    "ioperm": (173, None),
    "init_module": (175, 105),
    "delete_module": (176, 106),
    "quotactl": (179, 60),
    "lookup_dcookie": (212, 18),
    "clock_settime": (227, 112),
    "kexec_load": (246, 104),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "clock_adjtime": (305, 266),
    "setns": (308, 268),
    "finit_module": (313, 273),
    "memfd_create": (319, 279),
    "kexec_file_load": (320, 294),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "quotactl_fd": (443, 443),
    "memfd_secret": (447, 447),
}
# those that may be aimed at the own process alone, by their first argument
OWN = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "prlimit64": (302, 261),
}
CLONE = (56, 220)
CLONE3 = 435
SOCKETPAIR = (53, 199)
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

CLONE_THREAD = 0x10000
SOCK_STREAM = 1

LOAD, AND, EQUAL, AT_LEAST, HAS, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, ARCHITECTURE, FIRST, SECOND = 0, 4, 16, 24  # where they stand; the lower half of arguments
FILTER = 2


def available() -> bool:
    """Whether there is a filter for this kind of machine."""
    return kernel.MACHINE in MACHINES


def restrict(own: int) -> None:
    """Bars this process, for good, from the calls above; `no_new_privs` must be set.

    Args:
        own: its process id, the only one that it may send signals to.

    Raises:
        OSError: it was refused.
    """
    code = program(own)
    instructions = ctypes.create_string_buffer(code)
    # struct sock_fprog: a count, and a pointer where a pointer may stand
    header = ctypes.create_string_buffer(
        struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions))
    )
    kernel.prctl(kernel.PR_SET_SECCOMP, FILTER, header)


def program(own: int, machine: str = kernel.MACHINE) -> bytes:
    """The filter, in the code of the kernel's packet filter."""
    column = 0 if machine == "x86_64" else 1
    lines = [
        _code(LOAD, ARCHITECTURE),
        _code(EQUAL, MACHINES[machine], skip_if=1),
        _code(RETURN, KILL),
        _code(LOAD, NUMBER),
    ]
    if machine == "x86_64":  # the same calls under other numbers
        lines += [_code(AT_LEAST, 0x40000000, skip_unless=1), _code(RETURN, KILL)]
    for numbers in BARRED.values():
        if numbers[column] is not None:
            lines += _if(numbers[column], [_code(RETURN, ERROR | errno.EPERM)])
    # glibc then falls back to clone, whose flags can be seen
    lines += _if(CLONE3, [_code(RETURN, ERROR | errno.ENOSYS)])
    lines += _if(
        CLONE[column],
        [_code(LOAD, FIRST), _code(HAS, CLONE_THREAD, skip_if=1), *_refuse_or_allow()],
    )
    lines += _if(
        SOCKETPAIR[column],
        [
            _code(LOAD, SECOND),
            _code(AND, 0xF),
            _code(EQUAL, SOCK_STREAM, skip_if=1),
            *_refuse_or_allow(),
        ],
    )
    for name, numbers in OWN.items():
        itself = [_code(EQUAL, 0, skip_if=2)] if name == "prlimit64" else []
        lines += _if(
            numbers[column],
            [_code(LOAD, FIRST), *itself, _code(EQUAL, own, skip_if=1), *_refuse_or_allow()],
        )
    return b"".join([*lines, _code(RETURN, ALLOW)])


def _refuse_or_allow() -> list[bytes]:
    return [_code(RETURN, ERROR | errno.EPERM), _code(RETURN, ALLOW)]


def _if(number: int | None, then: list[bytes]) -> list[bytes]:
    assert number is not None
    return [_code(EQUAL, number, skip_unless=len(then)), *then]


def _code(operation: int, value: int, skip_if: int = 0, skip_unless: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, skip_if, skip_unless, value)
