"""1508.04025, Tables 1, 4 and 6 at small scale: scores, windows, input feeding, reversed sources.

Three tasks, and for each the models that are compared on it at equal numbers of parameters, updates
and sentences a batch, with the same optimiser and, for a seed, the same batches:

- ``translation``, the generated English–French corpus: all scores with the global window, and no
  attention; the local windows with the scores that the paper compares them with, and with the
  course's best; without input feeding; with reversed sources.
- ``stretched``, where each word is said one to three times: the three windows.
- ``copied``, the same with each word said once: there the monotonic window is right.

The learning rate is the one that `luong_rates` found best: it is the same for every score, for no
attention, and for each window of ``stretched``. Sizes are made equal by the size of the embeddings;
without input feeding, by that of the states.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import torch

from attention_course.data import load
from attention_course.data.batches import bucketed, in_order
from attention_course.data.checks import check_integers
from attention_course.data.pairs import Corpus
from attention_course.evaluation import evaluate
from attention_course.models.luong import Luong
from attention_course.replications.recipe import BETAS, Recipe, check_equal, learn, to_the_end
from attention_course.replications.records import Row, Say, measure, row_of
from attention_course.training import (
    History,
    choose_device,
    count_parameters,
    seed_everything,
)

NAME = "04-luong"
Task = Literal["translation", "stretched", "copied"]


class Training(Recipe):
    """How the models of a task are built and trained.

    corpus: the name that `load` knows it by, and its options.
    model: the arguments of `Luong` that all variants share.
    variants: the arguments that a variant has besides; what is named twice, is the variant's.
    """

    corpus: dict[str, Any]
    model: dict[str, Any]
    variants: dict[str, dict[str, Any]]


Settings = dict[Task, Training]

# One layer without dropout, and torch's first weights: what the paper needs for models of four
# layers and a thousand units only slows down ones as small as these.
_SMALL = {"layers": 1, "dropout": 0.0, "initialisation": "torch"}
_STRETCHED: Training = {
    "corpus": {"name": "stretched", "most": 3},
    "steps": 600,
    "batch_size": 32,
    "learning_rate": 8e-3,
    "warmup": 30,
    "model": {**_SMALL, "embedding": 46, "hidden": 64, "score": "scaled dot", "D": 2},
    "variants": {
        "global": {"window": "global"},
        "local-m": {"window": "local-m"},
        "local-p": {"window": "local-p", "embedding": 39},  # W_p and v_p take their share
    },
}
_DOT = {"score": "dot", "embedding": 86}
_SCALED = {"score": "scaled dot", "embedding": 86}
_GENERAL = {"score": "general"}
SETTINGS: Settings = {
    "translation": {
        "corpus": {
            "name": "translation", "language": "fr", "max_length": 10, "typical_length": 5,
        },
        "steps": 800,
        "batch_size": 48,
        "learning_rate": 8e-3,
        "warmup": 100,
        "model": {**_SMALL, "embedding": 75, "hidden": 128, "D": 3},
        "variants": {
            "cosine": {"score": "cosine", "embedding": 86},
            "location": {
                "score": "location", "score_options": {"max_length": 10}, "embedding": 85,
            },
            "additive": {"score": "additive", "embedding": 64},
            "dot": _DOT,
            "general": _GENERAL,
            "concat": {"score": "concat", "embedding": 64},
            "concat, as released": {"score": "concat", "score_options": {"identity": True}},
            "scaled dot": _SCALED,
            "no attention": {**_SCALED, "window": "last"},
            "dot, local-m": {**_DOT, "window": "local-m"},
            "general, local-m": {**_GENERAL, "window": "local-m"},
            "scaled dot, local-m": {**_SCALED, "window": "local-m"},
            "dot, local-p": {**_DOT, "window": "local-p", "embedding": 75},
            "general, local-p": {**_GENERAL, "window": "local-p", "embedding": 64},
            "scaled dot, local-p": {**_SCALED, "window": "local-p", "embedding": 75},
            "general, not fed": {**_GENERAL, "input_feeding": False, "hidden": 145},
            "scaled dot, not fed": {
                **_SCALED, "input_feeding": False, "hidden": 145, "embedding": 87,
            },
            "general, reversed": {**_GENERAL, "reversed_sources": True},
            "scaled dot, reversed": {**_SCALED, "reversed_sources": True},
            "no attention, reversed": {**_SCALED, "window": "last", "reversed_sources": True},
        },
    },
    "stretched": _STRETCHED,
    "copied": {**_STRETCHED, "corpus": {"name": "stretched", "most": 1}},
}  # fmt: skip


def corpus_for(task: Task, variant: str, settings: Settings = SETTINGS) -> Corpus:
    """The corpus of a task, its sources reversed where the variant has them so."""
    options = settings[task]["corpus"]
    turned = settings[task]["variants"][variant].get("reversed_sources", False)
    return load(**options, reversed_sources=turned)


def build(task: Task, variant: str, corpus: Corpus, settings: Settings = SETTINGS) -> Luong:
    """A new model of a variant for the corpus's vocabularies.

    Raises:
        ValueError: an unknown task or variant.
    """
    if task not in settings or variant not in settings[task]["variants"]:
        names = {task: list(training["variants"]) for task, training in settings.items()}
        raise ValueError(f"task is {task!r} and variant {variant!r}, expected among {names}")
    arguments = {**settings[task]["model"], **settings[task]["variants"][variant]}
    return Luong(len(corpus.source_vocabulary), len(corpus.target_vocabulary), **arguments)


def train(
    task: Task,
    variant: str,
    corpus: Corpus,
    *,
    seed: int,
    settings: Settings = SETTINGS,
    device: str | torch.device | None = None,
    **options: Any,
) -> tuple[Luong, History]:
    """A model of a variant, trained on the corpus, for example of `corpus_for`.

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
    options.setdefault("validation", list(in_order(corpus.encode(corpus.validation), 100)))
    return model, learn(model, batches, how, device=device, **options)


def check_sizes(settings: Settings = SETTINGS, tolerance: float = 0.01) -> None:
    """Raises ValueError unless a task's models have equally many parameters to `tolerance`."""
    for task, training in settings.items():
        corpus = load(**training["corpus"])
        counts = {
            f"{task}: {variant}": count_parameters(build(task, variant, corpus, settings))
            for variant in training["variants"]
        }
        check_equal(counts, tolerance, "embedding")


def run(
    *,
    seeds: int = 3,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: Settings = SETTINGS,
) -> Row:
    """Runs the experiment with the seeds 0 … seeds - 1 and writes `folder`/04-luong.json.

    A row's variant is "task: variant". Each row holds the number of parameters, the validation
    curve, the seconds and CPU-seconds an update took, and the scores on the test sentences
    ("test", see `records.row_of`).

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1, or the models' sizes are not equal.
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
        corpus = corpus_for(task, variant, settings)
        model, history = train(task, variant, corpus, seed=seed, settings=settings, device=on)
        to_the_end(history)
        test = evaluate(model, corpus.test, corpus)
        return {
            "summary": (
                f"token accuracy {test.token_accuracy:.3f}, exact match {test.exact_match:.3f}, "
                f"alignment error {test.aer:.3f}"
            ),
            "parameters": count_parameters(model),
            "validation": history.validation,
            "seconds_per_update": history.seconds / history.steps,
            "cpu_seconds_per_update": history.cpu_seconds / history.steps,
            "test": row_of(test),
        }

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
