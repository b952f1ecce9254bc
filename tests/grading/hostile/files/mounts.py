"""Mounts, unmounts, changes its root and its user.

expect: raised 0
hint: nothing changed
"""
import ctypes
import os


def additive_score(query, keys, v):
    libc, changed = ctypes.CDLL(None, use_errno=True), []
    os.makedirs("here", exist_ok=True)
    if libc.mount(b"none", b"here", b"tmpfs", 0, None) == 0:
        changed.append("mount")
        libc.umount2(b"here", 2)
    if libc.unshare(0x10000000) == 0:  # CLONE_NEWUSER
        changed.append("user namespace")
    for name, change in {"setuid": os.setuid, "setgid": os.setgid}.items():
        try:
            change(0)
            if os.getuid() == 0:
                changed.append(name)
        except OSError:
            pass
    try:
        os.chroot(".")
        changed.append("chroot")
    except OSError:
        pass
    raise RuntimeError(f"changed {changed}" if changed else "nothing changed")
