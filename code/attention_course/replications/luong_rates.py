"""The learning rates of chapter 4: a grid, the same for every score.

At a rate that was chosen for one score, a comparison says which scores like that rate. So each
score, the model without attention, and each window of the stretched corpus is trained at all rates
of `GRID`; the best has the lowest loss on the *validation* sentences, on average over seeds that
chapter 4's results are not measured with. What came out is the same rate for all of them:
`luong.SETTINGS` has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from attention_course.data import load
from attention_course.data.checks import check_integers
from attention_course.models.scores import SCORES
from attention_course.replications.luong import SETTINGS, Settings, Task, train
from attention_course.replications.recipe import BETAS, to_the_end
from attention_course.replications.records import Row, Say, measure
from attention_course.training import choose_device

NAME = "04-luong-rates"
GRID = (0.004, 0.008, 0.016)
FIRST_SEED = 100
TUNED: dict[Task, tuple[str, ...]] = {
    "translation": (*SCORES, "concat, as released", "no attention"),
    "stretched": ("global", "local-m", "local-p"),
}


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
        for task, variants in TUNED.items()
        if task in settings
        for variant in variants
        if variant in settings[task]["variants"]
        for rate in GRID
    }

    def run_one(name: str, seed: int) -> Row:
        task, variant, rate = runs[name]
        one: Settings = {task: {**settings[task], "learning_rate": rate}}
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
