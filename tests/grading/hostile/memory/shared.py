"""Fills shared memory and folders that live in memory, 512 MB at most.

expect: raised|wrong|died|killed for memory 0
"""
import tempfile


def additive_score(query, keys, v):
    for folder in ("/dev/shm", "/tmp", ".", None):
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                for _ in range(128):
                    file.write(bytes(2**20))
        except OSError:
            pass
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
