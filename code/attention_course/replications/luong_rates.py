"""The learning rates of chapter 4: a grid, the same for every score, and the best of each.

At one rate for all, a comparison says which score likes that rate. So each score, the model
without attention, and each window of the stretched corpus is trained at all rates of `GRID`; the
best has the lowest loss on the *validation* sentences, on average over seeds that chapter 4's
results are not measured with. `luong.RATES` holds what came out. Variants of a score that differ
in something else, for example in the window, are trained at the rate of the score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from attention_course.data import load
from attention_course.data.checks import check_integers
from attention_course.replications.luong import RATES, SETTINGS, Settings, Task, train
from attention_course.replications.recipe import BETAS, to_the_end
from attention_course.replications.records import Row, Say, measure
from attention_course.training import choose_device

NAME = "04-luong-rates"
GRID = (0.004, 0.008, 0.016)
FIRST_SEED = 100


def at_rate(task: Task, variant: str, rate: float, settings: Settings = SETTINGS) -> Settings:
    """The settings of this variant alone, to be trained at that rate."""
    arguments = {**settings[task]["variants"][variant], "learning_rate": rate}
    return {task: {**settings[task], "variants": {variant: arguments}}}


def best_rates(rows: Iterable[Row]) -> dict[str, float]:
    """For each "task: variant" the rate with the lowest loss, on average over the seeds."""
    losses: dict[str, dict[float, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        losses[row["model"]][row["learning_rate"]] += row["loss"]  # each rate has all the seeds
    return {model: min(by_rate, key=by_rate.__getitem__) for model, by_rate in losses.items()}


def run(
    *,
    seeds: int = 2,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: Settings = SETTINGS,
) -> Row:
    """Runs the grid with the seeds 100 … 99 + seeds and writes `folder`/04-luong-rates.json.

    Each row holds the "model" ("task: variant"), its "learning_rate" and the "loss" on the
    validation sentences at the end.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1.
    """
    check_integers(1, seeds=seeds)
    on = choose_device(device)
    runs: dict[str, tuple[Task, str, float]] = {
        f"{task}: {variant} at {rate}": (task, variant, rate)
        for task, variants in RATES.items()
        if task in settings
        for variant in variants
        if variant in settings[task]["variants"]
        for rate in GRID
    }

    def run_one(name: str, seed: int) -> Row:
        task, variant, rate = runs[name]
        one = at_rate(task, variant, rate, settings)
        corpus = load(**settings[task]["corpus"])
        _, history = train(
            task, variant, corpus, seed=seed, settings=one, device=on,
            validate_every=settings[task]["steps"],
        )  # fmt: skip
        to_the_end(history)
        _, loss = history.validation[-1]
        return {
            "summary": f"loss {loss:.4f}",
            "model": f"{task}: {variant}",
            "learning_rate": rate,
            "loss": loss,
        }

    return measure(
        NAME,
        list(runs),
        run_one,
        seeds=range(FIRST_SEED, FIRST_SEED + seeds),
        settings={"tasks": settings, "grid": GRID, "betas": BETAS},
        device=on,
        path=Path(folder) / f"{NAME}.json",
        say=say,
    )
