"""Reads its parent's memory through system calls.

expect: raised|died 0
hint: nothing found|ended its own process
"""
import ctypes
import os


class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def additive_score(query, keys, v):
    libc = ctypes.CDLL(None, use_errno=True)
    buffer, found = ctypes.create_string_buffer(64), []
    own = Span(ctypes.cast(buffer, ctypes.c_void_p).value, 64)
    theirs = Span(id(os), 64)  # the parent was forked with the same addresses
    for pid in (os.getppid(), int("@MARKER@"), int("@WARM@")):
        if pid == 0:
            continue
        if libc.process_vm_readv(pid, ctypes.byref(own), 1, ctypes.byref(theirs), 1, 0) > 0:
            found.append(f"memory of {pid}")
        if libc.ptrace(16, pid, 0, 0) == 0:  # PTRACE_ATTACH
            found.append(f"control of {pid}")
            libc.ptrace(17, pid, 0, 0)
    raise RuntimeError(f"found {found}" if found else "nothing found")
