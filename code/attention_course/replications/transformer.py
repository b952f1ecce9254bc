"""1706.03762, Table 3 at small scale, and what later work asked about norms and warm-up.

Four tasks on one corpus, the generated English–French sentences of chapters 2 and 4. The models of
a task are compared at equal width, depth, updates and sentences a batch, with the same optimiser
and, for a seed, the same batches:

- ``table 3``: rows A (heads), D (label smoothing) and E (positions), and a model without positions;
- ``deep``: more layers, post-norm (the paper) and pre-norm, each with and without warm-up;
- ``one head``: a single head as wide as the model, with and without the division by √d_k;
- ``chapter``: the model that chapter 10 trains.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from attention_course.data import load
from attention_course.data.batches import bucketed, in_order
from attention_course.data.checks import check_integers
from attention_course.data.pairs import Corpus
from attention_course.evaluation import evaluate
from attention_course.models.self_attention import MultiHeadAttention
from attention_course.models.transformer import Transformer
from attention_course.replications.recipe import Recipe, check_equal, learn, to_the_end
from attention_course.replications.records import Row, Say, measure, row_of
from attention_course.training import (
    History,
    choose_device,
    count_parameters,
    seed_everything,
)

NAME = "10-transformer"
BETAS = (0.9, 0.98)  # Section 5.3
Task = Literal["table 3", "deep", "one head", "chapter"]


class Training(Recipe):
    """How the models of a task are built and trained.

    corpus: the name that `load` knows it by, and its options.
    model: the arguments of `Transformer` that all variants share.
    variants: the arguments that a variant has besides. Three say how it is trained: ``warmup``
        instead of the task's, ``label_smoothing``, and ``scaled``, whether scores are divided by
        √d_k.
    """

    corpus: dict[str, Any]
    model: dict[str, Any]
    variants: dict[str, dict[str, Any]]


Settings = dict[Task, Training]

_CORPUS = {"name": "translation", "language": "fr", "max_length": 10, "typical_length": 5}
# Without dropout: in less than two passes over the corpus nothing is learnt by heart.
_SMALL = {"heads": 4, "layers": 2, "dropout": 0.0, "tied": "target"}
SETTINGS: Settings = {
    "table 3": {
        "corpus": _CORPUS,
        "steps": 500,
        "batch_size": 48,
        "learning_rate": 3e-3,
        "warmup": 100,
        "model": {**_SMALL, "d": 64, "d_ff": 128},
        "variants": {
            "4 heads": {},
            "1 head": {"heads": 1},
            "2 heads": {"heads": 2},
            "8 heads": {"heads": 8},
            "no positions": {"positions": "none"},
            "learned positions": {"positions": "learned", "max_length": 34},
            "label smoothing": {"label_smoothing": 0.1},
        },
    },
    "deep": {
        "corpus": _CORPUS,
        "steps": 400,
        "batch_size": 48,
        "learning_rate": 2e-3,
        "warmup": 100,
        "model": {**_SMALL, "layers": 4, "d": 64, "d_ff": 64},
        "variants": {
            "post-norm, warm-up": {"norm": "post"},
            "post-norm, none": {"norm": "post", "warmup": 0},
            "pre-norm, warm-up": {"norm": "pre"},
            "pre-norm, none": {"norm": "pre", "warmup": 0},
        },
    },
    "one head": {
        "corpus": _CORPUS,
        "steps": 300,
        "batch_size": 48,
        "learning_rate": 2e-3,
        "warmup": 100,
        "model": {**_SMALL, "heads": 1, "d": 128, "d_ff": 256},
        "variants": {"scaled": {}, "not scaled": {"scaled": False}},
    },
    "chapter": {
        "corpus": _CORPUS,
        "steps": 800,
        "batch_size": 48,
        "learning_rate": 2e-3,
        "warmup": 100,
        "model": {**_SMALL, "d": 128, "d_ff": 256},
        "variants": {"label smoothing": {"label_smoothing": 0.1}},
    },
}


def build(task: Task, variant: str, corpus: Corpus, settings: Settings = SETTINGS) -> Transformer:
    """A new model of a variant for the corpus's vocabularies.

    Raises:
        ValueError: an unknown task or variant.
    """
    if task not in settings or variant not in settings[task]["variants"]:
        names = {task: list(training["variants"]) for task, training in settings.items()}
        raise ValueError(f"task is {task!r} and variant {variant!r}, expected among {names}")
    arguments = {**settings[task]["model"], **settings[task]["variants"][variant]}
    for how in ("warmup", "label_smoothing"):  # how it is trained, not what it is
        arguments.pop(how, None)
    scaled = arguments.pop("scaled", True)
    model = Transformer(len(corpus.source_vocabulary), len(corpus.target_vocabulary), **arguments)
    if not scaled:
        for module in model.modules():
            if isinstance(module, MultiHeadAttention):
                _take_back_the_scale(module)
    return model


def _take_back_the_scale(attention: MultiHeadAttention) -> None:
    """Lengthens each query by √d_k, so that the division by √d_k leaves Q Kᵀ as it is."""
    d_k = attention.W_Q.out_features // attention.heads

    def lengthen(linear: nn.Module, given: tuple[Tensor, ...], query: Tensor) -> Tensor:
        return query * d_k**0.5

    attention.W_Q.register_forward_hook(lengthen)


def train(
    task: Task,
    variant: str,
    corpus: Corpus,
    *,
    seed: int,
    settings: Settings = SETTINGS,
    device: str | torch.device | None = None,
    **options: Any,
) -> tuple[Transformer, History]:
    """A model of a variant, trained on the corpus.

    The seed decides on the first weights and on the order of the sentences, so that two variants
    with one seed see the same batches. Further options go to `fit`. An interruption ends training
    early and keeps what was learnt (History.interrupted is then True).
    """
    seed_everything(seed)
    model, recipe = build(task, variant, corpus, settings), settings[task]
    own = recipe["variants"][variant]
    batches = bucketed(
        corpus.encode(corpus.train),
        recipe["batch_size"],
        generator=torch.Generator().manual_seed(seed),
    )
    options.setdefault("validation", list(in_order(corpus.encode(corpus.validation), 100)))
    options.setdefault("label_smoothing", own.get("label_smoothing", 0.0))
    recipe = {**recipe, "warmup": own.get("warmup", recipe["warmup"])}
    return model, learn(model, batches, recipe, betas=BETAS, device=device, **options)


def check_depth_and_width(settings: Settings = SETTINGS, tolerance: float = 0.02) -> None:
    """Raises ValueError unless a task's models have equally many parameters to `tolerance`.

    Learned positions and pre-norm's last normalisations are all that makes a difference.
    """
    for task, training in settings.items():
        corpus = load(**training["corpus"])
        counts = {
            f"{task}: {variant}": count_parameters(build(task, variant, corpus, settings))
            for variant in training["variants"]
        }
        check_equal(counts, tolerance, "model")


def run(
    *,
    seeds: int = 3,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: Settings = SETTINGS,
) -> Row:
    """Runs the experiment with the seeds 0 … seeds - 1 and writes `folder`/10-transformer.json.

    A row's variant is "task: variant". Each row holds the number of parameters, the validation
    curve, the seconds and CPU-seconds an update took, and the scores on the test sentences
    ("test", see `records.row_of`; its loss is without label smoothing).

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1, or the models' sizes are not equal.
    """
    check_integers(1, seeds=seeds)
    on = choose_device(device)
    check_depth_and_width(settings)
    names: dict[str, tuple[Task, str]] = {
        f"{task}: {variant}": (task, variant)
        for task, training in settings.items()
        for variant in training["variants"]
    }

    def run_one(name: str, seed: int) -> Row:
        task, variant = names[name]
        corpus = load(**settings[task]["corpus"])
        model, history = train(task, variant, corpus, seed=seed, settings=settings, device=on)
        to_the_end(history)
        test = evaluate(model, corpus.test, corpus)
        return {
            "summary": f"loss {test.loss:.3f}, exact match {test.exact_match:.3f}",
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
