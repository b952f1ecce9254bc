"""Maps 50 GB of memory that nobody may touch, then a file without a name.

expect: raised|killed for memory 0
"""
import mmap
import os


def additive_score(query, keys, v):
    descriptor = os.memfd_create("all of it")
    os.ftruncate(descriptor, 2**31)
    mmap.mmap(descriptor, 2**31).write(b"x" * 2**20)
    mmap.mmap(-1, 50 * 2**30)
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
