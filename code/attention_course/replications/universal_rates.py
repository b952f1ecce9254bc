"""Chapter 11: what sharing weights costs at equal depth, over learning rates.

Four models of the task ``translation`` of `universal_settings`: the Transformer; the Universal
Transformer, as wide or with as many parameters; and a Transformer of one layer, which is the first
round of a Universal Transformer alone.
"""

from __future__ import annotations

from pathlib import Path

from attention_course.replications import universal_transformer
from attention_course.replications.rates import sweep
from attention_course.replications.records import Row, Say
from attention_course.replications.universal_settings import AS_MANY, Training
from attention_course.replications.universal_settings import SETTINGS as ALL

NAME = "11-rates"
# Twice as high as first thought: on a grid from 0.001 to 0.008, seed 0 had the best of two models
# at the end.
GRID = (0.002, 0.004, 0.008, 0.016)
COMPARED = ("transformer", "universal", AS_MANY, "transformer, one layer")
SETTINGS: Training = {
    **ALL["translation"],
    "variants": {name: ALL["translation"]["variants"][name] for name in COMPARED},
}


def run(
    *,
    seeds: int = 3,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: Training = SETTINGS,
) -> Row:
    """Runs the sweep and writes `folder`/11-rates.json: see `rates.sweep`.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1, or a model's size is not what its name says.
    """
    universal_transformer.check_sizes({"translation": settings})
    return sweep(
        NAME,
        universal_transformer.train,
        "translation",
        settings,
        grid=GRID,
        betas=universal_transformer.BETAS,
        seeds=seeds,
        device=device,
        folder=folder,
        say=say,
    )
