"""The command `attention-course exercise`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from attention_course.authoring.proving import Proved


EXAMPLES = """\b
Examples:
  attention-course exercise new convs2s --number 5 --title "Sentences by convolution"
  attention-course exercise build convs2s
  attention-course exercise check convs2s
"""


@click.group(epilog=EXAMPLES)
def exercise() -> None:
    """Write exercises: begin one, build its notebooks, prove that it cannot be fooled."""


@exercise.command(
    epilog="""\b
Examples:
  attention-course exercise new convs2s --number 5 --title "Sentences by convolution"
"""
)
@click.argument("name")
@click.option(
    "--number",
    type=click.IntRange(1, 99),
    help="Of the chapter that it belongs to. Default: the next that is free.",
)
@click.option("--title", help="Default: the name.")
def new(name: str, number: int | None, title: str | None) -> None:
    """Begin the exercise NAME with one example question that already passes every proof."""
    # here, so that `attention-course --help` need not wait for torch
    from attention_course.authoring import checkout, skeleton

    root = checkout.root()
    made = skeleton.make(root, name, number, title)
    for path in made.files:
        click.echo(f"written: {path.relative_to(root)}")
    click.echo(
        "\nNext:\n"
        f"  1. Edit these files: put your questions in place of the example.\n"
        f"  2. attention-course exercise build {name}\n"
        f"  3. attention-course exercise check {name}\n"
        f"  4. Add `- file: exercises/{made.notebook}` to the part Exercises of _toc.yml."
    )


@exercise.command(
    epilog="""\b
Examples:
  attention-course exercise build
  attention-course exercise build bahdanau
"""
)
@click.argument("names", nargs=-1)
def build(names: tuple[str, ...]) -> None:
    """Write the solved and the learner's notebook of the exercises NAMES, by default of all.

    The solved notebook is run, unless it was run before and nothing that it rests on has changed.
    """
    from attention_course.authoring import checkout, loading

    checkout.root()
    exercises, failed = loading.load(names)
    wrong = [f"exercise {name}: {words}" for name, words in failed.items()]
    wrong += [words for exercise in exercises for words in checkout.wrong_checks(exercise)]
    if wrong:
        raise click.ClickException("\n".join(wrong))
    done = checkout.notebooks(*map(checkout.source, exercises))
    click.echo(done.stdout, nl=False)
    if done.returncode != 0:
        raise click.ClickException(done.stderr.strip())


@exercise.command(
    epilog="""\b
Examples:
  attention-course exercise check
  attention-course exercise check bahdanau --jobs 4
  attention-course exercise check --json > proofs.json
"""
)
@click.argument("names", nargs=-1)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="How many processes work at once. Default: one for each processor.",
)
@click.option(
    "--patience",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long an answer may run beyond twice the seconds of its question.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the proofs as JSON.")
def check(names: tuple[str, ...], jobs: int | None, patience: float, as_json: bool) -> None:
    """Prove that the exercises NAMES hold, by default all; about a minute each.

    What is right passes in every form, each known mistake gets its own hint, no work wins nothing;
    the notebooks are in step with their source, and pytest --nbval passes the solved one, fails
    exactly the checks of the unsolved one, and with one answer missing loses its points alone.

    Where a proof fails, those that would only say it again are left out. The exit status is 1
    where something does not hold.
    """
    from tqdm import tqdm

    from attention_course.authoring import checkout, loading, proving

    checkout.root()
    exercises, failed = loading.load(names)
    done = [proving.Proved(name, "it can be used", ((None, why),)) for name, why in failed.items()]
    if not as_json:
        for proved in done:
            _tell(proved)
    quiet = True if os.environ.get("ATTENTION_COURSE_QUIET") else None  # None: where no one looks
    with tqdm(total=len(proving.parts(exercises)), unit=" proofs", disable=quiet) as bar:
        for proved in proving.prove_all(
            exercises, jobs=jobs or _processors(), step=bar.update, patience=patience
        ):
            done.append(proved)
            if not as_json:
                with bar.external_write_mode():
                    _tell(proved)
    if as_json:
        click.echo(json.dumps([_plain(proved) for proved in done], indent=1, ensure_ascii=False))
    else:
        click.echo(_summary(done))
    if not all(proved.holds for proved in done):
        click.get_current_context().exit(1)


def _processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tell(proved: Proved) -> None:
    if proved.left_out and not proved.problems:
        return  # the summary counts it
    sign = click.style("✓", fg="green") if proved.holds else click.style("✗", fg="red")
    click.echo(f"{sign} {proved.exercise}: {proved.shows} ({proved.seconds:.1f} s)")
    for question, words in proved.problems:
        words = words.replace("\n", "\n        ")
        click.echo(f"    {question}: {words}" if question else f"    {words}")


def _summary(done: list[Proved]) -> str:
    failed = sum(bool(proved.problems) for proved in done)
    if not failed:
        return f"all {len(done)} proofs hold"
    left_out = sum(proved.left_out and not proved.problems for proved in done)
    rest = f"; {left_out} that rest on them were left out" if left_out else ""
    return f"{failed} of {len(done)} proofs fail{rest}"


def _plain(proved: Proved) -> dict[str, object]:
    return {
        "exercise": proved.exercise,
        "proof": proved.shows,
        "holds": proved.holds,
        "left_out": proved.left_out,
        "seconds": round(proved.seconds, 3),
        "problems": [
            {"question": question, "problem": words} for question, words in proved.problems
        ],
    }
