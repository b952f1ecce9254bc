"""1706.03762, Sections 3.2.1, 3.2.2 and 3.5 at small scale: positions, heads, and 1/√d_k.

Three tasks:

- ``agreement``: is the verb's number that of its subject? A `TextClassifier` without positions,
  with sinusoids, with learned ones, with other numbers of heads; and a bag of words. Without
  positions and as a bag it cannot be right more than half the time.
- ``scale``: the same with a single head of growing size, with and without the division by √d_k.
- ``characters``: a `TextGenerator` of English sentences, letter by letter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from attention_course.data import load
from attention_course.data.batches import Batch, bucketed, in_order
from attention_course.data.checks import check_integers
from attention_course.data.pairs import Corpus, Pair
from attention_course.models.positions import Learned, Nowhere, Sinusoidal
from attention_course.models.self_attention import MultiHeadAttention
from attention_course.models.small_transformers import TextClassifier, TextGenerator
from attention_course.replications.letters import next_symbol_loss, of_generator, spelled
from attention_course.replications.recipe import BETAS, Recipe, learn, to_the_end
from attention_course.replications.records import Row, Say, measure
from attention_course.training import (
    History,
    choose_device,
    count_parameters,
    device_of,
    evaluating,
    seed_everything,
    widened,
)

NAME = "09-self-attention"
Task = Literal["agreement", "scale", "characters"]
Model = TextClassifier | TextGenerator


class Training(Recipe):
    """How the models of a task are built and trained.

    corpus: the name that `load` knows it by, and its options.
    model: the arguments of the model that all variants share: its sizes, ``positions`` by name,
        and ``scaled``, whether the scores are divided by √d_k.
    variants: the arguments that a variant has instead.
    """

    corpus: dict[str, Any]
    model: dict[str, Any]
    variants: dict[str, dict[str, Any]]


Settings = dict[Task, Training]

_AGREEMENT: Training = {
    "corpus": {"name": "agreement"},
    "steps": 600,
    "batch_size": 64,
    "learning_rate": 4e-3,
    "warmup": 40,
    "model": {
        "positions": "sinusoidal", "scaled": True, "d": 32, "heads": 4, "layers": 1, "d_ff": 64,
    },
    "variants": {
        "sinusoidal": {},
        "learned": {"positions": "learned"},
        "no positions": {"positions": "none"},
        "bag of words": {"positions": "none", "layers": 0},
        "one head": {"heads": 1},
        "two heads": {"heads": 2},
        "eight heads": {"heads": 8},
    },
}  # fmt: skip
SETTINGS: Settings = {
    "agreement": _AGREEMENT,
    "scale": {
        **_AGREEMENT,
        "steps": 1500,
        "learning_rate": 2e-3,  # wide models learn nothing at twice that, scaled or not
        "model": {**_AGREEMENT["model"], "heads": 1},
        "variants": {
            f"d_k = {d}, {name}": {"d": d, "scaled": scaled}
            for d in (8, 32, 128)
            for name, scaled in (("scaled", True), ("not scaled", False))
        },
    },
    "characters": {
        "corpus": {
            "name": "translation", "train": 4000, "validation": 200, "test": 500,
            "max_length": 8, "typical_length": 5,
        },
        "steps": 800,
        "batch_size": 32,
        "learning_rate": 6e-3,
        "warmup": 40,
        "model": {
            "positions": "sinusoidal", "scaled": True, "d": 64, "heads": 4, "layers": 2,
            "d_ff": 128,
        },
        "variants": {
            "sinusoidal": {}, "learned": {"positions": "learned"},
            "no positions": {"positions": "none"},
        },
    },
}  # fmt: skip

LONGEST = 128  # positions that a learned table has
POSITIONS: dict[str, Callable[[int], nn.Module]] = {
    "sinusoidal": Sinusoidal,
    "learned": lambda d: Learned(d, LONGEST),
    "none": Nowhere,
}


def corpus_for(task: Task, settings: Settings = SETTINGS) -> Corpus:
    """The corpus of a task; for ``characters`` a text is a sequence of letters, twice in a pair."""
    corpus = load(**settings[task]["corpus"])
    return spelled(corpus) if task == "characters" else corpus


def build(task: Task, variant: str, corpus: Corpus, settings: Settings = SETTINGS) -> Model:
    """A new model of a variant for the corpus's vocabularies.

    Raises:
        ValueError: an unknown task or variant.
    """
    if task not in settings or variant not in settings[task]["variants"]:
        names = {task: list(training["variants"]) for task, training in settings.items()}
        raise ValueError(f"task is {task!r} and variant {variant!r}, expected among {names}")
    options = {**settings[task]["model"], **settings[task]["variants"][variant]}
    positions = POSITIONS[options.pop("positions")](options["d"])
    scaled = options.pop("scaled")
    words = len(corpus.source_vocabulary)
    model: Model
    if task == "characters":
        model = TextGenerator(words, positions, **options)
    else:
        model = TextClassifier(words, len(corpus.target_vocabulary), positions, **options)
    if not scaled:
        undo_scaling(model)
    return model


def undo_scaling(model: nn.Module) -> None:
    """Lets queries be √d_k times as long, which undoes the division of the scores by √d_k."""
    for attention in model.modules():
        if isinstance(attention, MultiHeadAttention):
            root = (attention.W_Q.out_features // attention.heads) ** 0.5
            attention.W_Q.register_forward_hook(lambda _, __, queries, root=root: queries * root)


def classification_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Mean cross-entropy of the answers, the first words of the targets, in nats."""
    logits, _ = model(batch.source, batch.source_mask)
    return F.cross_entropy(widened(logits), batch.target_out[:, 0])


def train(
    task: Task,
    variant: str,
    corpus: Corpus,
    *,
    seed: int,
    settings: Settings = SETTINGS,
    device: str | torch.device | None = None,
    **options: Any,
) -> tuple[Any, History]:
    """A model of a variant, trained on the corpus of `corpus_for`.

    The seed decides on the first weights and on the order of the texts, so that two variants with
    one seed see the same batches. Further options go to `fit`. An interruption ends training early
    and keeps what was learnt (History.interrupted is then True).
    """
    seed_everything(seed)
    model = build(task, variant, corpus, settings)
    batches = bucketed(
        corpus.encode(corpus.train),
        settings[task]["batch_size"],
        generator=torch.Generator().manual_seed(seed),
    )
    options.setdefault("loss", next_symbol_loss if task == "characters" else classification_loss)
    return model, learn(model, batches, settings[task], device=device, **options)


def accuracy(model: TextClassifier, pairs: Sequence[Pair], corpus: Corpus) -> float:
    """The share of texts that a classifier answers rightly."""
    hits, device = 0, device_of(model)
    with evaluating(model):
        for batch in in_order(corpus.encode(pairs), 200):
            on = batch.to(device)
            answers = model(on.source, on.source_mask)[0].argmax(1)
            hits += int((answers == on.target_out[:, 0]).sum())
    return hits / len(pairs)


def run(
    *,
    seeds: int = 3,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: Settings = SETTINGS,
) -> Row:
    """Runs the experiment with the seeds 0 … seeds - 1 and writes `folder`/09-self-attention.json.

    A row's variant is "task: variant". Each row holds the number of parameters, the mean training
    loss of each tenth of the run ("losses"), and what came out ("test"): the "accuracy" of a
    classifier on the test texts, or what `of_generator` has.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1.
    """
    check_integers(1, seeds=seeds)
    on = choose_device(device)
    corpora = {task: corpus_for(task, settings) for task in settings}
    names: dict[str, tuple[Task, str]] = {
        f"{task}: {variant}": (task, variant)
        for task, training in settings.items()
        for variant in training["variants"]
    }

    def run_one(name: str, seed: int) -> Row:
        task, variant = names[name]
        corpus = corpora[task]
        model, history = train(task, variant, corpus, seed=seed, settings=settings, device=on)
        to_the_end(history)
        if task == "characters":
            test: Row = of_generator(model, corpus, seed=seed)
        else:
            test = {"accuracy": accuracy(model, corpus.test, corpus)}
        return {
            "summary": ", ".join(f"{key} {value:.3f}" for key, value in test.items()),
            "parameters": count_parameters(model),
            "losses": [sum(part) / len(part) for part in _tenths(history.losses)],
            "test": test,
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


def _tenths(losses: list[float]) -> list[list[float]]:
    size = max(1, len(losses) // 10)
    return [losses[i : i + size] for i in range(0, len(losses), size)]
