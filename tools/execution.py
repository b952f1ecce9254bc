"""Run notebooks in parallel, one core each, and keep what they printed in Jupyter Book's cache.

Jupyter Book's cache knows a notebook by its code cells alone: after a change in ``code/`` it would
show old outputs. Each record here also holds what the run rested on (the modules it imported, the
stored results, the versions) and counts only while all of that is the same. A notebook that fails
leaves no record.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import textwrap
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import psutil
from attention_course.grading.nbval import KERNEL_ENVIRONMENT
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "_build" / ".jupyter_cache"
CELL_TIMEOUT = 600  # seconds; the time limit of a whole chapter is checked on the page of run times

# Runs last in each notebook's kernel and is not stored. VmHWM and not ru_maxrss: on Linux the
# latter starts from the memory of the process that started the kernel.
MEASURE = """
def _measure():
    import json, pathlib, resource, sys
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak = own.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        peak = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    modules = [module for name, module in list(sys.modules.items())
               if name.split(".")[0] == "attention_course" and getattr(module, "__file__", None)]
    print(json.dumps({
        "cpu_seconds": sum(use.ru_utime + use.ru_stime for use in (own, children)),
        "peak_bytes": peak,
        "modules": sorted(module.__file__ for module in modules),
    }))
_measure()
"""


class NotebookError(Exception):
    """A notebook that did not run to its end; the message names file, line, cell and error."""


@dataclass(frozen=True)
class Run:
    """One executed notebook: outputs and what it cost."""

    path: Path
    notebook: NotebookNode
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    when: str
    cached: bool


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def state_of_the_world() -> dict[str, str]:
    """Everything outside a notebook that its outputs may depend on, by name."""
    files = [*(ROOT / "code").rglob("*"), *(ROOT / "results").glob("*.json")]
    world = {
        path.relative_to(ROOT).as_posix(): digest(path)
        for path in sorted(files)
        if path.is_file() and path.suffix != ".pyc" and ".egg-info" not in path.as_posix()
    }
    for package in ("torch", "numpy", "matplotlib", "ipykernel"):
        world[package] = importlib.metadata.version(package)
    world["python"] = platform.python_version()
    world["kernel"] = json.dumps(KERNEL_ENVIRONMENT)
    world["ATTENTION_COURSE_DATA"] = os.environ.get("ATTENTION_COURSE_DATA", "")
    return world


def used_by(
    notebook: NotebookNode, modules: Iterable[str], world: dict[str, str]
) -> dict[str, str]:
    """The part of the world that one run rested on: of the package, the modules it imported.

    A notebook that starts processes is taken to rest on every module.
    """
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    starts_processes = re.search(r"^\s*!|^%%(bash|sh)|\bsubprocess\b", code, re.MULTILINE)
    imported = {
        Path(name).resolve().relative_to(ROOT).as_posix()
        for name in modules
        if Path(name).resolve().is_relative_to(ROOT)
    }
    return {
        name: value
        for name, value in world.items()
        if not name.endswith(".py") or starts_processes or name in imported
    }


def execute(path: Path, notebook: NotebookNode) -> tuple[float, dict[str, Any]]:
    """Run all cells in place in a fresh kernel; return wall seconds and what MEASURE printed."""
    at: dict[str, Any] = {"index": 0}

    def started(cell: NotebookNode, cell_index: int) -> None:
        at["index"] = cell_index

    def failed(cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        at["reply"] = execute_reply["content"]

    notebook.cells.append(nbformat.v4.new_code_cell(MEASURE))
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,  # it would go into the cells' metadata, and so into the cache's key
        extra_arguments=["--log-level=ERROR"],
        on_cell_start=started,
        on_cell_error=failed,
    )
    start = time.perf_counter()
    try:
        client.execute(cwd=str(path.parent), env={**os.environ, **KERNEL_ENVIRONMENT})
    except CellExecutionError:
        reply = at["reply"]
        error = f"{reply['ename']}: {reply['evalue']}"
        raise NotebookError(
            explain(path, notebook, at["index"], error, reply["traceback"])
        ) from None
    except CellTimeoutError:
        error = f"no answer within {CELL_TIMEOUT} seconds"
        raise NotebookError(explain(path, notebook, at["index"], error, [])) from None
    except (DeadKernelError, RuntimeError) as dead:
        raise NotebookError(
            explain(path, notebook, at["index"], f"the kernel stopped: {dead}", [])
        ) from None
    seconds = time.perf_counter() - start
    return seconds, json.loads(notebook.cells.pop().outputs[0].text)


def explain(
    path: Path, notebook: NotebookNode, index: int, error: str, traceback: list[str]
) -> str:
    """Say for people which cell of which file failed, where it stands, and how it failed."""
    source = notebook.cells[index].source
    number = sum(cell.cell_type == "code" for cell in notebook.cells[: index + 1])
    text = path.read_text(encoding="utf-8")
    line = text[: text.find(source)].count("\n") + 1 if source in text else None
    place = f"{path.relative_to(ROOT)}" + (f", line {line}" if line else "")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(traceback)).rstrip()
    return "\n".join(
        [
            f"FAILED {place}, code cell {number}: {error}",
            textwrap.indent(source, "    | ", lambda line: True),
            *([textwrap.indent(plain, "    ")] if plain else []),
        ]
    )


def run_all(
    paths: Iterable[Path],
    *,
    say: Callable[[str], None] = lambda line: print(line, flush=True),
) -> tuple[dict[Path, Run], list[str]]:
    """Execute MyST notebooks in parallel, as far as the cache does not hold them.

    Returns the runs by path, and a message for each notebook that failed.
    """
    world = state_of_the_world()
    cache = get_cache(str(CACHE))
    runs: dict[Path, Run] = {}
    failures: list[str] = []
    todo: dict[Path, NotebookNode] = {}
    for path in paths:
        notebook = jupytext.read(path)
        run = recall(path, notebook, world)
        if run is None:
            todo[path] = notebook
        else:
            runs[path] = run
            say(f"  {name(path)}: cached ({run.seconds:.0f} s when it ran)")

    def work(path: Path) -> tuple[float, dict[str, Any]]:
        say(f"  {name(path)}: running")
        return execute(path, todo[path])

    pool = ThreadPoolExecutor(cores())
    try:
        futures = {pool.submit(work, path): path for path in todo}
        for future in as_completed(futures):
            path = futures[future]
            try:
                seconds, measured = future.result()
            except NotebookError as error:
                failures.append(str(error))
                say(f"  {name(path)}: FAILED")
                continue
            # Only this thread writes the cache: its database loses records to a second writer.
            cache.cache_notebook_bundle(
                CacheBundleIn(
                    todo[path],
                    str(path),
                    data={
                        "execution_seconds": seconds,
                        "cpu_seconds": measured["cpu_seconds"],
                        "peak_bytes": measured["peak_bytes"],
                        "used": used_by(todo[path], measured["modules"], world),
                    },
                ),
                check_validity=False,
                overwrite=True,
            )
            run = recall(path, jupytext.read(path), world)
            if run is None:
                raise RuntimeError(f"{path} changed while it ran: run the same command again")
            runs[path] = replace(run, cached=False)
            say(
                f"  {name(path)}: {run.seconds:.0f} s "
                f"({run.cpu_seconds:.0f} s of CPU, {run.peak_bytes / 1e6:.0f} MB)"
            )
    except BaseException:
        # Threads cannot be interrupted and would wait for their kernels.
        pool.shutdown(wait=False, cancel_futures=True)
        for kernel in psutil.Process().children(recursive=True):
            kernel.kill()
        raise
    pool.shutdown()
    return runs, failures


def recall(path: Path, notebook: NotebookNode, world: dict[str, str]) -> Run | None:
    """The stored run of this notebook, or None; a record that no longer counts is removed."""
    cache = get_cache(str(CACHE))
    try:
        record = cache.match_cache_notebook(notebook)
    except KeyError:
        return None
    used = record.data.get("used", {"written by something else": ""})
    if any(world.get(key) != value for key, value in used.items()):
        cache.remove_cache(record.pk)
        return None
    _, executed = cache.merge_match_into_notebook(notebook)
    return Run(
        path=path,
        notebook=executed,
        seconds=record.data["execution_seconds"],
        cpu_seconds=record.data["cpu_seconds"],
        peak_bytes=record.data["peak_bytes"],
        when=record.created.isoformat(timespec="seconds"),
        cached=True,
    )


def run_by_others() -> list[str]:
    """Notebooks in the cache that Jupyter Book has run itself, where it found no record."""
    records = get_cache(str(CACHE)).list_cache_records()
    return [record.uri for record in records if "used" not in record.data]


def name(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix()


def cores() -> int:
    """Cores that this process may use (fewer than the machine's inside a container)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
