"""Run nbval on one notebook and say what became of each of its code cells."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
from browser import ROOT
from execution import KERNEL_ENVIRONMENT

CELL_TIMEOUT = 300  # seconds; nbval's own is 2000, and a dead kernel waits for all of it


def outcomes(notebook: Path, scratch: Path, *, strict: bool) -> dict[str, str]:
    """Cell ids with 'passed', or with what nbval says.

    A plain pass is counted from pytest's own report of each cell: after a time-out nbval marks all
    later cells as expected failures, which its exit status does not show.

    Args:
        notebook: runs in its own folder, in a fresh kernel on one core.
        scratch: a folder for pytest's report.
        strict: compare every stored output, not only those of cells tagged to be compared.
    """
    report = scratch / f"{notebook.stem}.xml"
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", str(notebook)),
            "--nbval" if strict else "--nbval-lax",
            "--nbval-current-env",
            f"--nbval-cell-timeout={CELL_TIMEOUT}",
            *("--override-ini", "addopts="),
            *("-p", "no:cacheprovider", "-p", "no:xdist"),
            f"--rootdir={notebook.parent}",
            f"--junitxml={report}",
        ],
        cwd=ROOT,
        env={**environment, **KERNEL_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    cells = [c.id for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]
    cases = ElementTree.parse(report).findall(".//testcase") if report.exists() else []
    if len(cases) != len(cells):
        raise RuntimeError(f"nbval saw {len(cases)} of {len(cells)} cells:\n{done.stdout[-3000:]}")
    return {
        cell: "passed" if len(case) == 0 else f"{case[0].tag}: {case[0].text or ''}"
        for cell, case in zip(cells, cases, strict=True)
    }
