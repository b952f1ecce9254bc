"""1807.03819, Section 3 at small scale: shared weights, halting, and longer inputs.

The tasks, and which models are compared on them: see `universal_settings`.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import torch

from attention_course.data import load
from attention_course.data.batches import bucketed, in_order
from attention_course.data.checks import check_integers
from attention_course.data.pairs import Corpus
from attention_course.evaluation import Report, evaluate
from attention_course.models.universal_transformer import UniversalTransformer
from attention_course.pondering import by_difficulty, mean_steps, ponder_loss, steps_of
from attention_course.replications.from_anywhere import FromAnywhere
from attention_course.replications.recipe import check_equal, learn, to_the_end
from attention_course.replications.records import Row, Say, measure, row_of
from attention_course.replications.universal_settings import AS_MANY, SETTINGS, Settings, Task
from attention_course.training import (
    History,
    choose_device,
    count_parameters,
    seed_everything,
    translation_loss,
)

NAME = "11-universal-transformer"
BETAS = (0.9, 0.98)  # of the Transformer's own optimiser

Model = FromAnywhere | UniversalTransformer


def build(task: Task, variant: str, corpus: Corpus, settings: Settings = SETTINGS) -> Model:
    """A new model of a variant for the corpus's vocabularies.

    Raises:
        ValueError: an unknown task or variant.
    """
    if task not in settings or variant not in settings[task]["variants"]:
        names = {task: list(training["variants"]) for task, training in settings.items()}
        raise ValueError(f"task is {task!r} and variant {variant!r}, expected among {names}")
    how = settings[task]
    arguments = {"depth": how["depth"], **how["model"], **how["variants"][variant]}
    arguments.pop("weight", None)  # how it is trained, not what it is
    kind, depth = arguments.pop("kind"), arguments.pop("depth")
    words = len(corpus.source_vocabulary), len(corpus.target_vocabulary)
    if kind == "transformer":
        return FromAnywhere(*words, layers=depth, **arguments)
    return UniversalTransformer(*words, steps=depth, **arguments)


def train(
    task: Task,
    variant: str,
    corpus: Corpus,
    *,
    seed: int,
    settings: Settings = SETTINGS,
    device: str | torch.device | None = None,
    **options: Any,
) -> tuple[Model, History]:
    """A model of a variant, trained on the corpus.

    The seed decides on the first weights and on the order of the sentences, so that two variants
    with one seed see the same batches. Further options go to `fit`. An interruption ends training
    early and keeps what was learnt (History.interrupted is then True).
    """
    seed_everything(seed)
    model, how = build(task, variant, corpus, settings), settings[task]
    batches = bucketed(
        corpus.encode(corpus.train),
        how["batch_size"],
        generator=torch.Generator().manual_seed(seed),
    )
    weight = how["variants"][variant].get("weight")
    options.setdefault("validation", list(in_order(corpus.encode(corpus.validation), 100)))
    options.setdefault(
        "loss", translation_loss if weight is None else partial(ponder_loss, weight=weight)
    )
    return model, learn(model, batches, how, betas=BETAS, device=device, **options)


def with_longer(task: Task, settings: Settings = SETTINGS) -> list[Corpus]:
    """The corpus of a task, and for each of the longer tests one that has nothing but that."""
    how = settings[task]
    alone = {**how["corpus"], "train": 0, "validation": 0}
    longer = [load(**alone, test_lengths=lengths) for lengths in how["longer"]]
    return [load(**how["corpus"]), *longer]


def check_sizes(settings: Settings = SETTINGS, tolerance: float = 0.01) -> None:
    """Raises ValueError unless `AS_MANY` has what its name says, to `tolerance`."""
    for task, how in settings.items():
        if AS_MANY in how["variants"]:
            corpus = load(**how["corpus"])
            counts = {
                f"{task}: {variant}": count_parameters(build(task, variant, corpus, settings))
                for variant in ("transformer", AS_MANY)
            }
            check_equal(counts, tolerance, "d_ff")


def _in_all(report: Report) -> Row:
    """The scores for a file, but not by length: of longer ones that would be most of the file."""
    return {name: score for name, score in row_of(report).items() if name != "by_length"}


def run(
    *,
    seeds: int = 3,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: Settings = SETTINGS,
) -> Row:
    """Runs the experiment with the seeds 0 … seeds - 1 and writes its file into the folder.

    A row's variant is "task: variant". Each row holds the number of parameters, the validation
    curve, the seconds and CPU-seconds an update took, and the scores (see `records.row_of`) on the
    test sentences ("test") and on longer ones ("longer"). Where words halt by themselves, "ponder"
    has the mean steps of the encoder's and of the decoder's words on each of these tests, and
    "by_difficulty" what the function of that name makes of the first.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1, or a model's size is not what its name says.
    """
    check_integers(1, seeds=seeds)
    on = choose_device(device)
    check_sizes(settings)
    names: dict[str, tuple[Task, str]] = {
        f"{task}: {variant}": (task, variant)
        for task, training in settings.items()
        for variant in training["variants"]
    }

    def run_one(name: str, seed: int) -> Row:
        task, variant = names[name]
        corpus, *others = with_longer(task, settings)
        model, history = train(task, variant, corpus, seed=seed, settings=settings, device=on)
        to_the_end(history)
        reports = []
        for tested in (corpus, *others):
            longest = max(len(pair.target) for pair in tested.test)
            # What goes on after the longest right answer is wrong anyhow.
            reports.append(evaluate(model, tested.test, corpus, max_length=longest + 2))
        first, *longer = reports
        row = {
            "summary": "exact match " + ", ".join(f"{r.exact_match:.3f}" for r in reports),
            "parameters": count_parameters(model),
            "validation": history.validation,
            "seconds_per_update": history.seconds / history.steps,
            "cpu_seconds_per_update": history.cpu_seconds / history.steps,
            "test": row_of(first),
            "longer": [_in_all(report) for report in longer],
        }
        if isinstance(model, UniversalTransformer) and model.halting != "fixed":
            made = [steps_of(model, tested.test, corpus) for tested in (corpus, *others)]
            row["ponder"] = list(map(mean_steps, made))
            asked = settings[task]["corpus"]
            base = asked.get("base", 10) if asked["name"] == "addition" else None
            row["by_difficulty"] = by_difficulty(made[0], base)
        return row

    return measure(
        NAME,
        list(names),
        run_one,
        seeds=range(seeds),
        settings={"tasks": settings, "betas": BETAS},
        device=on,
        path=Path(folder) / f"{NAME}.json",
        say=say,
    )
