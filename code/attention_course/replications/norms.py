"""Chapter 10: post-norm and pre-norm, with and without warm-up, over learning rates (2002.04745).

The four models of the task ``deep`` of `transformer`, trained for longer than there: a training
that ends early says most of all which model is quick.
"""

from __future__ import annotations

from pathlib import Path

from attention_course.replications import transformer
from attention_course.replications.rates import sweep
from attention_course.replications.records import Row, Say

NAME = "10-norms"
# From slow for all to too fast for post-norm, as runs with seed 100 showed.
GRID = (0.001, 0.003, 0.009)
SETTINGS: transformer.Training = {**transformer.SETTINGS["deep"], "steps": 1200}


def run(
    *,
    seeds: int = 3,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: transformer.Training = SETTINGS,
) -> Row:
    """Runs the sweep and writes `folder`/10-norms.json: see `rates.sweep`.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1, or the models' sizes are not equal.
    """
    transformer.check_depth_and_width({"deep": settings})
    return sweep(
        NAME,
        transformer.train,
        "deep",
        settings,
        grid=GRID,
        betas=transformer.BETAS,
        seeds=seeds,
        device=device,
        folder=folder,
        say=say,
    )
