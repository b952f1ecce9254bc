"""The command `attention-course exercise`."""

from __future__ import annotations

import click


@click.group()
def exercise() -> None:
    """Write exercises: begin one, build its notebooks, prove that it cannot be fooled."""
