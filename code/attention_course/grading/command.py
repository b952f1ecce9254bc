"""`attention-course grade`: marks a folder of submissions."""

from __future__ import annotations

import dataclasses
import functools
import os
import shlex
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from attention_course.grading.intake import Collected
    from attention_course.grading.isolation import Protection
    from attention_course.grading.marks import Run
    from attention_course.grading.running import Lanes

NOT_ALL_MARKED = 3  # exit status: 1 is an error, 2 a wrong call, 130 Ctrl-C

EXAMPLES = """\b
Examples:
  attention-course grade handed-in/ --out marks/
  attention-course grade moodle-export.zip --out marks/ --require-isolation
  attention-course grade handed-in/ --out marks/ --scheduler tcp://10.0.0.1:8786
"""


@click.command(epilog=EXAMPLES)
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for marks and reports.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    help="Of the inputs. Default: a fresh one for each run.",
)
@click.option(
    "--lanes",
    type=click.IntRange(min=1),
    help="How many answers run at once. Default: one for each processor.",
)
@click.option(
    "--require-isolation",
    is_flag=True,
    help="Refuse to run answers where a protection is missing on this machine.",
)
@click.option("--again", is_flag=True, help="Mark everything anew, also what did not change.")
@click.option(
    "--nbval",
    is_flag=True,
    help="Ask nbval for a second opinion. Slow, and it runs the answers without isolation.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Mark on a cluster of dask.distributed.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def grade(
    submissions: Path,
    out: Path,
    seed: int | None,
    lanes: int | None,
    require_isolation: bool,
    again: bool,
    nbval: bool,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Mark the notebooks in SUBMISSIONS, a folder or a zip archive.

    Understood are student/notebook.ipynb, flat files, archives and Moodle's export. Answers run in
    processes of their own, with fresh inputs, and are judged here.

    Stopped and started again, it goes on where it was; run again, it marks only what changed.
    RESULTS/index.html is where to begin reading. The exit status is 0 where everything could be
    marked, 3 where something could not, which is then listed.
    """
    # here, so that `attention-course --help` need not wait for torch
    from attention_course.grading import lanes as local
    from attention_course.grading import reports, telling
    from attention_course.grading.intake import collect
    from attention_course.grading.reports import pages

    pages.environment()  # what is not installed is told now, not when all is marked
    _apart(submissions, out)
    _writable(out)
    collected = collect(submissions)
    found, unreadable = len(collected.submissions), len(collected.unreadable)
    if not found and not unreadable:
        raise click.ClickException(
            f"{submissions} holds no notebooks; expected for example {submissions}/anna/"
            "02-bahdanau.ipynb, or flat files, or a zip archive"
        )
    students = len({submission.student for submission in collected.submissions})
    click.echo(f"submissions: {found}, students: {students}, unreadable: {unreadable}", err=True)
    if scheduler:
        from attention_course.grading import cluster

        way: Lanes = cluster.there(scheduler, require=require_isolation)
        done = _run(collected, out, way, seed, again)
    else:
        protections: list[tuple[str, bool, str]] = []

        def told(found: tuple[Protection, ...]) -> None:
            protections.extend(map(_plain, found))
            telling.show(found)

        way = local.here(lanes or _processors(), require=require_isolation, told=told)
        done = _run(collected, out, way, seed, again)
        done = dataclasses.replace(done, protections=tuple(protections))
    if nbval:
        from attention_course.grading.agreement import compared
        from attention_course.grading.second_opinion import WITHOUT_ISOLATION

        reports.write(out, done)  # the marks do not wait for what may take an hour
        click.echo(WITHOUT_ISOLATION, err=True)
        done = compared(done, collected.submissions, telling.say)
    reports.write(out, done)
    telling.tell(done, out, as_json)
    if done.unreadable or not all(marked.complete for marked in done.marked):
        sys.exit(NOT_ALL_MARKED)


def _apart(submissions: Path, out: Path) -> None:
    one, other = submissions.resolve(), out.resolve()
    if one == other or one in other.parents:
        raise click.UsageError(f"--out is {out}, expected a folder outside {submissions}")


def _writable(out: Path) -> None:
    """Makes the folder, closed to others, and tells now what would else be found later."""
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out).close()
        mode = out.stat().st_mode
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise click.UsageError(f"--out is {out}, which cannot be written to: {why}") from error
    if os.name != "posix":  # modes say nothing there
        return
    if mode & 0o077:
        click.echo(
            f"{out} is open to others ({stat.filemode(mode)}), who can read "
            f"names and points there; to close it: chmod go= {shlex.quote(str(out))}",
            err=True,
        )
    else:  # what is written there stays closed also when it is moved
        before = os.umask(0o077)
        click.get_current_context().call_on_close(functools.partial(os.umask, before))


def _processors() -> int:
    """Those that this process may use, which in a container can be few of many."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _size() -> dict[str, Any]:
    """Of the bar: what the terminal says at each moment, or 80 columns where it knows none."""
    try:
        none = os.get_terminal_size(sys.stderr.fileno()).columns == 0
    except (OSError, ValueError):  # no terminal
        none = False
    return {"ncols": 80, "nrows": 24} if none else {"dynamic_ncols": True}


def _run(collected: Collected, out: Path, lanes: Lanes, seed: int | None, again: bool) -> Run:
    from tqdm import tqdm

    from attention_course.grading import running

    with tqdm(unit=" answers", disable=None, **_size()) as bar:
        so_far = (0, 0)  # the bar itself does not count where it is not shown

        def progress(done: int, total: int) -> None:
            nonlocal so_far
            so_far = done, total
            if bar.total != total:  # what is there from before says nothing about the speed
                bar.total, bar.initial, bar.n = total, done, done
            bar.update(done - bar.n)

        try:
            done = running.run(collected, out, lanes, seed=seed, again=again, progress=progress)
        except KeyboardInterrupt:
            bar.close()
            click.echo(
                f"stopped: {so_far[0]} of {so_far[1]} answers are marked and kept in {out}; "
                "the same command goes on from there",
                err=True,
            )
            sys.exit(130)
    if seed is not None and done.from_store:
        click.echo(
            f"{done.from_store} of {done.different} different answers keep the marks of earlier "
            f"runs, with the inputs of those; --again draws the inputs of all from seed {seed}",
            err=True,
        )
    return done


def _plain(protection: Protection) -> tuple[str, bool, str]:
    return protection.name, protection.active, protection.why
