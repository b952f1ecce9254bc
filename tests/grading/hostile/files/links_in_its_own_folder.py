"""Fills its own folder with links, pipes, holes and names that nobody can write.

question: transformer.rates
copies: 2
expect: wrong 0
"""
import os


def learning_rates(d, warmup, updates):
    before = len(os.listdir(b"."))
    targets = (b"/", b"@SUBMISSIONS@", b"@RESULTS@", b"/proc/1/root", b"/proc/self/cwd", b".")
    for number, target in enumerate(targets):
        try:
            os.symlink(target, b"link\n\xff%d" % number)
            os.mkfifo(b"pipe%d" % number)
            os.link(b"/usr/bin/env", b"hard%d" % number)
        except OSError:
            pass
    deep = b"d"
    try:
        for _ in range(50):
            os.mkdir(deep)
            deep += b"/d"
        os.chmod(b"d", 0)
        os.chmod(b".", 0)
    except OSError:
        pass
    return before
