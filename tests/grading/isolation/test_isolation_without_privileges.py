"""What other files here try as root is tried once more as a user without privileges."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = ("test_what_answers_are_kept_from.py", "test_hostile_conversations.py",
         "test_spawned_answers.py", "test_starting_again.py")  # fmt: skip

# A user cannot look into root's home; where Python lies there, it is shown to him.
SCRIPT = """
set -e
python=$(realpath "$1"); home=$(realpath ~)
case "$python" in "$home"/*)
    part=${python#"$home"/}; part=${part%%/*}; shown=$(mktemp -d)
    mount --make-rprivate /
    mount --bind "$home/$part" "$shown"
    mount -t tmpfs -o mode=755 none "$home"
    mkdir "$home/$part"
    mount --bind "$shown" "$home/$part"
    umount "$shown"
    rmdir "$shown"
esac
exec setpriv --reuid=12345 --regid=12345 --clear-groups \\
    env HOME=/tmp PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 "$@"
"""

if sys.platform != "linux" or os.geteuid() != 0:
    pytest.skip(
        "needs root of Linux; other runs have no privileges anyway", allow_module_level=True
    )


@pytest.mark.parametrize("file", FILES)
def test_it_holds_for_a_user_without_privileges(file: str) -> None:
    if not shutil.which("setpriv") or not shutil.which("unshare"):
        pytest.skip("needs setpriv and unshare of util-linux")
    prefix = ["unshare", "--mount", "bash", "-c", SCRIPT, "x", sys.executable]
    imports = subprocess.run(
        [*prefix, "-c", "import torch, pytest, psutil, attention_course"],
        capture_output=True,
        text=True,
        cwd="/",
    )
    if imports.returncode:
        pytest.skip(f"another user cannot use this Python: {imports.stderr[-200:]}")
    run = subprocess.run(
        [*prefix, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / file)],
        capture_output=True,
        text=True,
        cwd=HERE.parents[2],
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    assert " passed" in run.stdout
