"""Runs a notebook under `pytest --nbval` and says what became of each of its code cells.

nbval runs the cells in a kernel and compares what they give with what is stored. It needs pytest,
nbval and ipykernel: ``pip install "attention-course[grading]"``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path

CELL_TIMEOUT = 300.0  # seconds; nbval's own is 2000, and a dead kernel waits for all of it

# One core for each kernel: two that both use all cores take several times as long as one by one.
# Progress bars would be stored as noise.
KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ATTENTION_COURSE_QUIET": "1",
    "TQDM_DISABLE": "1",
}

PASSED = "passed"


def outcomes(
    notebook: Path,
    scratch: Path,
    *,
    strict: bool,
    cell_timeout: float = CELL_TIMEOUT,
    environment: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Cell ids with "passed", or with what nbval says.

    Only a plain pass is one: after a time-out nbval expects all later cells to fail, and here they
    have not passed, whatever they did. Its exit status would not show that.

    Args:
        notebook: runs in its own folder, in a fresh kernel on one core.
        scratch: a folder for pytest's report.
        strict: compare every stored output, not only those of cells tagged to be compared.
        cell_timeout: seconds that one cell may take.
        environment: of pytest and the kernel, by default that of this process.

    Raises:
        ImportError: nbval, pytest or ipykernel is not installed.
        RuntimeError: nbval did not see every cell; with what it printed.
    """
    _demand("pytest", "nbval", "ipykernel")
    report = scratch / f"{notebook.stem}.xml"
    inherited = os.environ if environment is None else environment
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", str(notebook)),
            "--nbval" if strict else "--nbval-lax",
            "--nbval-current-env",
            f"--nbval-cell-timeout={cell_timeout:g}",
            *("--override-ini", "addopts="),
            *("--override-ini", "xfail_strict=true"),  # else such a pass looks like a plain one
            *("-p", "no:cacheprovider", "-p", "no:xdist"),
            f"--rootdir={notebook.parent}",
            f"--junitxml={report}",
        ],
        cwd=notebook.parent,
        env={
            **{key: value for key, value in inherited.items() if "PYTEST" not in key},
            **KERNEL_ENVIRONMENT,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    stored = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    cells = [cell["id"] for cell in stored if cell["cell_type"] == "code"]
    cases = ElementTree.parse(report).findall(".//testcase") if report.exists() else []
    if len(cases) != len(cells):
        said = (done.stdout + done.stderr)[-3000:]
        raise RuntimeError(f"nbval saw {len(cases)} of {len(cells)} cells:\n{said}")
    return {
        cell: PASSED if len(case) == 0 else f"{case[0].tag}: {case[0].text or ''}"
        for cell, case in zip(cells, cases, strict=True)
    }


def printed(words: str, name: str) -> str:
    """The line beginning with "name: " that a cell printed where it had promised another.

    Args:
        words: what `outcomes` has of the cell.

    Returns:
        the line; "" where nbval tells of none.
    """
    found = re.search(rf"^\s*- ({re.escape(name)}: .*)$", words, re.MULTILINE)
    return found[1] if found else ""


def _demand(*modules: str) -> None:
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        raise ImportError(
            f"running a notebook under nbval needs {', '.join(missing)}, which is not installed: "
            'pip install "attention-course[grading]"'
        )
