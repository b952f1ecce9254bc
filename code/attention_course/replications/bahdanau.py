"""1409.0473, Figure 2 and Tables 1 and 2 at small scale: attention against one vector.

Five models on the generated English–French corpus, at equal numbers of parameters, updates and
sentences a batch, with the same optimiser and, for a seed, the same batches:

- ``attention``: RNNsearch; ``one vector``: the paper's RNNencdec, which reads forwards;
  ``one vector, both ways``: its fairer rival, which reads backwards, too;
- ``attention, short`` and ``one vector, short``: trained on short sentences alone, as the paper's
  RNNsearch-30 and RNNencdec-30.

Each is tested on held-out sentences as long as those of training and on longer ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import torch

from attention_course.data import load
from attention_course.data.batches import bucketed, in_order
from attention_course.data.checks import check_integers
from attention_course.data.pairs import Corpus, Pair
from attention_course.data.translation import sentences
from attention_course.evaluation import evaluate
from attention_course.models.bahdanau import RNNSearch
from attention_course.models.encoder_decoder import EncoderDecoder
from attention_course.replications.recipe import BETAS, Recipe, check_equal, learn, to_the_end
from attention_course.replications.records import Row, Say, measure, row_of
from attention_course.training import (
    History,
    choose_device,
    count_parameters,
    seed_everything,
)

NAME = "02-bahdanau"
Model = RNNSearch | EncoderDecoder
Kind = Literal["search", "fixed", "fixed_both"]
KINDS: tuple[Kind, ...] = ("search", "fixed", "fixed_both")


class Training(Recipe):
    """How models that are compared are built and trained.

    search, fixed, fixed_both: the arguments of RNNSearch, of the paper's EncoderDecoder and of
    the one that reads both ways; the hidden sizes differ so that the parameters are equal.
    """

    search: dict[str, Any]
    fixed: dict[str, Any]
    fixed_both: dict[str, Any]


class Settings(Training):
    """What chapters 1 and 2 and this experiment share.

    corpus: options of load("translation").
    """

    corpus: dict[str, Any]


SETTINGS: Settings = {
    "corpus": {"language": "fr", "max_length": 10, "typical_length": 5},
    "steps": 1100,
    "batch_size": 48,
    "learning_rate": 1e-2,
    "warmup": 30,
    "search": {"embedding": 128, "hidden": 96, "alignment": 48, "maxout": 64},
    "fixed": {"embedding": 128, "hidden": 132, "maxout": 64},
    "fixed_both": {"embedding": 128, "hidden": 99, "maxout": 64, "bidirectional": True},
}
SHORT = 5  # source words, the most in training of the variants "short"
LONGER = 40  # source words, the most in the test of longer sentences
LONGER_SENTENCES = 500
BUCKET = 5  # source words in a row by length; training ends where a row ends

VARIANTS: dict[str, tuple[Kind, bool]] = {
    "attention": ("search", False),
    "one vector": ("fixed", False),
    "one vector, both ways": ("fixed_both", False),
    "attention, short": ("search", True),
    "one vector, short": ("fixed", True),
}


def build(kind: Kind, corpus: Corpus, settings: Training = SETTINGS) -> Model:
    """A new model of one of the `KINDS` for the corpus's vocabularies."""
    sizes = len(corpus.source_vocabulary), len(corpus.target_vocabulary)
    if kind == "search":
        return RNNSearch(*sizes, **settings["search"])
    return EncoderDecoder(*sizes, **settings["fixed" if kind == "fixed" else "fixed_both"])


def train(
    kind: Kind,
    corpus: Corpus,
    *,
    seed: int,
    settings: Training = SETTINGS,
    pairs: Sequence[Pair] | None = None,
    device: str | torch.device | None = None,
    **options: Any,
) -> tuple[Model, History]:
    """A model of a kind, trained on the corpus or on some `pairs` of it.

    The seed decides on the first weights and on the order of the sentences, so that two models
    with one seed see the same batches. Further options go to `fit`. An interruption ends training
    early and keeps what was learnt (History.interrupted is then True).
    """
    seed_everything(seed)
    model = build(kind, corpus, settings)
    batches = bucketed(
        corpus.encode(corpus.train if pairs is None else pairs),
        settings["batch_size"],
        generator=torch.Generator().manual_seed(seed),
    )
    options.setdefault("validation", list(in_order(corpus.encode(corpus.validation), 100)))
    return model, learn(model, batches, settings, device=device, **options)


def check_sizes(corpus: Corpus, settings: Training = SETTINGS, tolerance: float = 0.02) -> None:
    """Raises ValueError unless the kinds of model have equally many parameters to `tolerance`."""
    counts = {kind: count_parameters(build(kind, corpus, settings)) for kind in KINDS}
    check_equal(counts, tolerance, "hidden")


def run(
    *,
    seeds: int = 5,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: Settings = SETTINGS,
) -> Row:
    """Runs the experiment with the seeds 0 … seeds − 1 and writes `folder`/02-bahdanau.json.

    Each row holds the variant, its seed, the numbers of parameters and of training sentences, the
    validation curve, the seconds and CPU-seconds an update took, and the scores (see
    `records.row_of`) on test sentences as long as in training ("test") and on longer ones
    ("longer"), each by length.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1, or the models' sizes are not equal.
    """
    check_integers(1, seeds=seeds)
    on = choose_device(device)
    corpus = load("translation", **settings["corpus"])
    check_sizes(corpus, settings)
    trained = max(len(pair.source) for pair in corpus.train)
    short = [pair for pair in corpus.train if len(pair.source) <= SHORT]
    longer = sentences(
        LONGER_SENTENCES, lengths=(trained + 1, LONGER), language=settings["corpus"]["language"]
    )

    def run_one(variant: str, seed: int) -> Row:
        kind, only_short = VARIANTS[variant]
        pairs = short if only_short else corpus.train
        model, history = train(kind, corpus, seed=seed, settings=settings, pairs=pairs, device=on)
        to_the_end(history)
        test, far = (
            evaluate(model, tested, corpus, bucket=BUCKET) for tested in (corpus.test, longer)
        )
        return {
            "summary": (
                f"exact match {test.exact_match:.3f}, BLEU {test.bleu:.1f}, "
                f"on longer sentences {far.exact_match:.3f} and {far.bleu:.1f}"
            ),
            "parameters": count_parameters(model),
            "longest_in_training": SHORT if only_short else trained,
            "training_sentences": len(pairs),
            "validation": history.validation,
            "seconds_per_update": history.seconds / history.steps,
            "cpu_seconds_per_update": history.cpu_seconds / history.steps,
            "test": row_of(test),
            "longer": row_of(far),
        }

    return measure(
        NAME,
        list(VARIANTS),
        run_one,
        seeds=range(seeds),
        settings={**settings, "betas": BETAS, "short": SHORT, "longer": LONGER},
        device=on,
        path=Path(folder) / f"{NAME}.json",
        say=say,
    )
