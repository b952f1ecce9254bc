"""Memory is gathered into large pages, and stays what it was."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

SCRIPT = """
import hashlib, os, re
from attention_course.grading.isolation import huge_pages

def large():
    found = re.search(r"AnonHugePages: +(\\d+) kB", open("/proc/self/smaps_rollup").read())
    return int(found[1])

# small pages: each is written to before its neighbours are
held = [os.urandom(4096) for _ in range(20_000)]
before, digest = large(), hashlib.sha256(b"".join(held)).digest()
huge_pages.gather()
assert hashlib.sha256(b"".join(held)).digest() == digest
print(large() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_memory_is_gathered_and_unchanged() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    gained = int(done.stdout)  # KiB, of the 80,000 that were filled
    if gained == 0 and not _can():
        pytest.skip("this kernel cannot gather pages")
    assert gained > 60_000


def _can() -> bool:
    """Whether the kernel knows MADV_COLLAPSE, which came with 6.1."""
    with open("/proc/sys/kernel/osrelease") as file:
        found = re.match(r"(\d+)\.(\d+)", file.read())
    return found is not None and (int(found[1]), int(found[2])) >= (6, 1)
