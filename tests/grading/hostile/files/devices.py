"""Opens devices, and makes one of its own.

expect: raised 0
hint: nothing opened
"""
import os
import stat


def additive_score(query, keys, v):
    opened = []
    for path in ("/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/fuse", "/dev/kvm"):
        try:
            os.close(os.open(path, os.O_RDONLY))
            opened.append(path)
        except OSError:
            pass
    try:
        os.mknod("device", stat.S_IFBLK | 0o666, os.makedev(254, 0))
        os.close(os.open("device", os.O_RDONLY))
        opened.append("a device of its own")
    except OSError:
        pass
    raise RuntimeError(f"opened {opened}" if opened else "nothing opened")
