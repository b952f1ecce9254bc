"""The command `attention-course`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

import attention_course

EXPERIMENTS = (
    "bahdanau", "multi30k", "show_attend_tell", "luong_rates", "luong", "self_attention",
    "transformer", "norms",
    "universal_transformer", "universal_rates",
)  # fmt: skip
DATA_SETS = (
    "translation", "multi30k", "stretched", "agreement", "copy", "reverse", "addition", "scenes",
)  # fmt: skip


# Commands in modules of their own: their names, and where they are found when they are asked for.
ELSEWHERE = {
    "exercise": "attention_course.authoring.command:exercise",
    "grade": "attention_course.grading.command:grade",
}


class Commands(click.Group):
    """Commands whose expected errors are one line, not a traceback; some are imported late."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = ELSEWHERE[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.exceptions.Abort):
            raise  # how click ends; both are RuntimeErrors
        except (ValueError, RuntimeError, OSError, ImportError) as error:
            raise click.ClickException(" ".join(str(error).split())) from error
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            sys.exit(130)  # as a shell tells of Ctrl-C


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(attention_course.__version__, prog_name="attention-course")
def main() -> None:
    """Attention, Step by Step: the course's data, experiments and exercises."""


@main.command()
@click.argument("name", type=click.Choice(EXPERIMENTS))
@click.option("--seeds", type=click.IntRange(min=1), default=5, show_default=True, help="Runs.")
@click.option(
    "--device", type=click.Choice(["cpu", "cuda"]), help="Default: CUDA where it is found."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results"),
    show_default=True,
    help="The folder that the result is written to.",
)
def replicate(name: str, seeds: int, device: str | None, out: Path) -> None:
    """Re-measure what a paper claims, over several seeds.

    Stopped and started again, it goes on where it was, as long as the code is the same.
    """
    # here, so that `attention-course --version` need not wait for torch
    experiment = import_module(f"attention_course.replications.{name}")
    experiment.run(seeds=seeds, device=device, folder=out, say=click.echo)
    click.echo(f"written: {out / experiment.NAME}.json")


@main.command()
@click.argument("name", type=click.Choice(DATA_SETS))
def data(name: str) -> None:
    """Fetch a data set, verify its files and say where they lie.

    They are read from the folder that ATTENTION_COURSE_DATA names, or else downloaded.
    """
    from attention_course.data import multi30k, sources

    files = [file for file in sources.REGISTRY if file.startswith(f"{name}/")]
    if not files:
        click.echo(f"{name} is generated: there is nothing to download")
        return
    click.echo({"multi30k": multi30k.TERMS}[name])
    for file in files:
        click.echo(f"{sources.fetch(file)}: verified")
