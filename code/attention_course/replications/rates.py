"""Learning rates swept: the same grid for every model, and all of it reported.

At one rate for all, a comparison says which models like that rate. At a rate chosen for each, it
hangs on how the choice was made. So nothing is chosen here: every model is trained at every rate of
the grid with every seed, and what comes out is shown as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from torch import nn

from attention_course.data import load
from attention_course.data.checks import check_integers
from attention_course.evaluation import evaluate
from attention_course.replications.recipe import to_the_end
from attention_course.replications.records import Row, Say, measure, row_of
from attention_course.training import History, choose_device, count_parameters

Train = Callable[..., tuple[nn.Module, History]]


def sweep(
    experiment: str,
    train: Train,
    task: str,
    how: Any,
    *,
    grid: Sequence[float],
    betas: tuple[float, float],
    seeds: int,
    device: str | None,
    folder: str | Path,
    say: Say,
) -> Row:
    """Trains the variants of a task at all rates of a grid and writes `folder`/`experiment`.json.

    The seeds are 0 … seeds - 1. Each row holds the "model" (the variant), its "learning_rate" (the
    highest, as `Recipe` has it), the number of parameters, the seconds and CPU-seconds an update
    took, the loss on the validation sentences at the end, and the scores on the test sentences
    ("test", see `records.row_of`, but not by length).

    Args:
        train: of the task's experiment, for example `transformer.train`.
        how: the task's settings (`transformer.Training`), all but the learning rate.
        betas: of Adam, as `train` has them.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1.
    """
    check_integers(1, seeds=seeds)
    on = choose_device(device)
    corpus = load(**how["corpus"])
    runs = {f"{variant} at {rate}": (variant, rate) for variant in how["variants"] for rate in grid}

    def run_one(name: str, seed: int) -> Row:
        variant, rate = runs[name]
        model, history = train(
            task,
            variant,
            corpus,
            seed=seed,
            settings={task: {**how, "learning_rate": rate}},
            device=on,
            validate_every=how["steps"],
        )
        to_the_end(history)
        test = row_of(evaluate(model, corpus.test, corpus))
        test.pop("by_length")  # it would be most of the file
        return {
            "summary": f"loss {test['loss']:.3f}, exact match {test['exact_match']:.3f}",
            "model": variant,
            "learning_rate": rate,
            "parameters": count_parameters(model),
            "seconds_per_update": history.seconds / history.steps,
            "cpu_seconds_per_update": history.cpu_seconds / history.steps,
            "validation": history.validation[-1][1],
            "test": test,
        }

    return measure(
        experiment,
        list(runs),
        run_one,
        seeds=range(seeds),
        settings={"tasks": {task: how}, "grid": grid, "betas": betas},
        device=on,
        path=Path(folder) / f"{experiment}.json",
        say=say,
    )
