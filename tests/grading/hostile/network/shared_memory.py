"""Leaves a segment of System V's shared memory, which the next copy of this answer looks for.

expect: raised 0
hint: nobody was here
copies: 3
"""
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
key = int("@TOKEN@"[:6], 16)
there = libc.shmget(key, 4096, 0o666) >= 0
libc.shmget(key, 4096, 0o1666)  # IPC_CREAT


def additive_score(query, keys, v):
    raise RuntimeError("found a message" if there else "nobody was here")
