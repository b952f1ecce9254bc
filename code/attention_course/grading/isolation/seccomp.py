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
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
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
    # what this process did to itself: more of it would only fill the kernel's memory
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
    "seccomp": (317, 277),
    "memfd_secret": (447, 447),
}
# those that may be aimed at the own process alone, by their first argument: its id
OWN = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
}
# the same, where 0 stands for the own process too
OWN_OR_0 = {
    "prlimit64": (302, 261),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}
# the same by the second argument, where the first says that it is the id of a process
OWN_OF_KIND = {
    "setpriority": (141, 140, 0),
    "ioprio_set": (251, 30, 1),
}
# second arguments that are barred: they choose whom the kernel sends which signal
COMMANDS: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "fcntl": (72, 25, (8, 10, 15)),  # F_SETOWN, F_SETSIG, F_SETOWN_EX
    "ioctl": (16, 29, (0x8901, 0x8902)),  # FIOSETOWN, SIOCSPGRP
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
    itself = [_code(EQUAL, own, skip_if=1), *_refuse_or_allow()]
    itself_or_0 = [_code(EQUAL, 0, skip_if=2), *itself]
    for numbers in OWN.values():
        lines += _if(numbers[column], [_code(LOAD, FIRST), *itself])
    for numbers in OWN_OR_0.values():
        lines += _if(numbers[column], [_code(LOAD, FIRST), *itself_or_0])
    for *kinds, kind in OWN_OF_KIND.values():
        of_a_process = [_code(LOAD, FIRST), _code(EQUAL, kind, skip_unless=3), _code(LOAD, SECOND)]
        lines += _if(kinds[column], [*of_a_process, *itself_or_0])
    for *calls, commands in COMMANDS.values():
        barred = [line for command in commands for line in _if(command, _refuse_or_allow()[:1])]
        lines += _if(calls[column], [_code(LOAD, SECOND), *barred, _code(RETURN, ALLOW)])
    return b"".join([*lines, _code(RETURN, ALLOW)])


def _refuse_or_allow() -> list[bytes]:
    return [_code(RETURN, ERROR | errno.EPERM), _code(RETURN, ALLOW)]


def _if(number: int | None, then: list[bytes]) -> list[bytes]:
    assert number is not None
    return [_code(EQUAL, number, skip_unless=len(then)), *then]


def _code(operation: int, value: int, skip_if: int = 0, skip_unless: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, skip_if, skip_unless, value)
