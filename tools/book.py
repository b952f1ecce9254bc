"""Build the site: run every chapter, then hand the results to Jupyter Book.

    python tools/book.py [--fresh]

Chapters run in parallel, one core each, unless nothing that they rest on has changed. Then the
pages are built from the root with warnings as errors, or left alone when they would be the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import shutil
import subprocess
import sys
import sysconfig
import time
from importlib.metadata import version
from pathlib import Path

from execution import ROOT, Run, cores, digest, name, run_all, run_by_others

BUILD = ROOT / "_build"
HTML = BUILD / "html"
STAMP = BUILD / "site.json"  # written after a build without warnings, removed before the next
RUN_TIMES = BUILD / "run-times"  # .md is included by book/run-times.md, .json is read by the tests

# The promise to readers, on one core of an ordinary machine.
CPU_SECONDS = 60
PEAK_BYTES = 1.5e9


def chapters() -> list[Path]:
    return sorted((ROOT / "book").glob("[0-9][0-9]-*.md"))


def write_run_times(runs: dict[Path, Run]) -> None:
    """Write what each chapter cost, as a table for readers and as data for the tests."""
    rows = [
        {
            "chapter": name(path),
            "title": next(
                line[2:].strip()
                for line in path.read_text(encoding="utf-8").splitlines()
                if line.startswith("# ")
            ),
            "seconds": run.seconds,
            "cpu_seconds": run.cpu_seconds,
            "peak_bytes": run.peak_bytes,
            "when": run.when,
        }
        for path, run in sorted(runs.items())
    ]
    lines = [
        "| Chapter | Time | CPU time | Peak memory |",
        "|:--|--:|--:|--:|",
        *(
            f"| [{row['title']}](/{row['chapter']}.md) | {row['seconds']:.0f} s "
            f"| {row['cpu_seconds']:.0f} s | {row['peak_bytes'] / 1e6:.0f} MB |"
            for row in rows
        ),
        "",
        f"Python {platform.python_version()}, PyTorch {version('torch')}, "
        f"{platform.system()} on {platform.machine()}, one core a chapter, "
        f"{cores()} chapters at a time.",
        "",
    ]
    BUILD.mkdir(exist_ok=True)
    RUN_TIMES.with_suffix(".md").write_text("\n".join(lines), encoding="utf-8")
    RUN_TIMES.with_suffix(".json").write_text(json.dumps(rows, indent=1), encoding="utf-8")


def warn_of_cost(runs: dict[Path, Run]) -> None:
    for path, run in sorted(runs.items()):
        if run.cpu_seconds > CPU_SECONDS:
            print(f"WARNING {name(path)}: {run.cpu_seconds:.0f} s of CPU, promised {CPU_SECONDS} s")
        if run.peak_bytes > PEAK_BYTES:
            used, promised = run.peak_bytes / 1e9, PEAK_BYTES / 1e9
            print(f"WARNING {name(path)}: {used:.2f} GB of memory, promised {promised} GB")


def what_the_site_shows(runs: dict[Path, Run]) -> str:
    """One hash over every file and every run that the pages are made from."""
    files = [
        *(ROOT.glob("*.yml")),
        *(ROOT.glob("*.md")),
        *(ROOT / "book").rglob("*"),
        *(ROOT / "exercises").rglob("*"),
        *(ROOT / "tools").glob("*.py"),
        ROOT / "requirements.txt",
    ]
    parts = [f"{path.relative_to(ROOT)} {digest(path)}" for path in sorted(files) if path.is_file()]
    parts += [f"{name(path)} {run.when}" for path, run in sorted(runs.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def build_pages() -> int:
    """Run Jupyter Book from nothing but the cache of outputs; return its exit status.

    From nothing, because an incremental build repeats no warning of a page that it does not read
    again, and so passes where the build before it failed; and keeps pages of removed chapters.
    """
    for folder in (HTML, BUILD / ".doctrees"):
        shutil.rmtree(folder, ignore_errors=True)
    jupyter_book = Path(sysconfig.get_path("scripts")) / "jupyter-book"
    command = [jupyter_book, "build", ".", "-W", "-n", "--keep-going", "-q"]
    # Its greetings say nothing that is not said here; warnings and errors go to stderr.
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fresh", action="store_true", help="forget all stored outputs first")
    if parser.parse_args().fresh:
        shutil.rmtree(BUILD, ignore_errors=True)

    start = time.perf_counter()
    print("Chapters", flush=True)
    runs, failures = run_all(chapters())
    if failures:
        STAMP.unlink(missing_ok=True)
        print("\n" + "\n\n".join(failures), file=sys.stderr)
        print(f"\nNo site: {len(failures)} of {len(chapters())} chapters failed", file=sys.stderr)
        for failure in failures:  # once more, below what may be pages of code
            print(failure.splitlines()[0], file=sys.stderr)
        return 1
    warn_of_cost(runs)

    shown = what_the_site_shows(runs)
    if STAMP.exists() and json.loads(STAMP.read_text())["shows"] == shown:
        print("Pages: unchanged", flush=True)
    else:
        STAMP.unlink(missing_ok=True)
        write_run_times(runs)
        print("Pages: building", flush=True)
        status = build_pages()
        if status:
            print("\nNo site: the pages above have errors or warnings", file=sys.stderr)
            return status
        if run_by_others():
            # It was read otherwise than here: its outputs have another key than the ones made here.
            print(f"\nJupyter Book ran these again: {run_by_others()}", file=sys.stderr)
            return 1
        STAMP.write_text(json.dumps({"shows": shown}))
    print(f"Site ready in {time.perf_counter() - start:.0f} s: {(HTML / 'index.html').as_uri()}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted; what was finished is kept")
