"""Leaves files in the folders that everybody may write to.

expect: wrong|raised 0
"""


def additive_score(query, keys, v):
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", "."):
        try:
            with open(f"{folder}/hostile-@TOKEN@-common", "w") as file:
                file.write("was here")
        except OSError:
            pass
    return torch.zeros(keys.shape[:2], dtype=keys.dtype)
