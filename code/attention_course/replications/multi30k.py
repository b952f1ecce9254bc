"""Attention against one vector on real sentences: Multi30k, German to English, at equal steps.

The corpus is Elliott et al. (2016), 1605.00459: 29 000 captions of photographs. What is compared
is the validation loss over the updates; the translations are scored, too.
"""

from __future__ import annotations

from pathlib import Path

from attention_course.data import load
from attention_course.data.checks import check_integers
from attention_course.evaluation import evaluate
from attention_course.replications.bahdanau import Kind, Training, check_sizes, train
from attention_course.replications.recipe import BETAS, to_the_end
from attention_course.replications.records import Row, Say, measure, row_of
from attention_course.training import choose_device, count_parameters

NAME = "02-multi30k"

# torch's first weights: the paper's are made for wider models, and begin slowly here.
_SHARED = {"embedding": 128, "maxout": 128, "initialisation": "torch"}
SETTINGS: Training = {
    "steps": 3000,
    "batch_size": 64,
    "learning_rate": 3e-3,
    "warmup": 100,
    "search": {**_SHARED, "hidden": 192},
    "fixed": {**_SHARED, "hidden": 269},
    "fixed_both": {**_SHARED, "hidden": 205, "bidirectional": True},
}
MIN_COUNT = 3
VARIANTS: dict[str, Kind] = {
    "attention": "search",
    "one vector": "fixed",
    "one vector, both ways": "fixed_both",
}


def run(
    *,
    seeds: int = 3,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: Training = SETTINGS,
) -> Row:
    """Runs the experiment with the seeds 0 … seeds − 1 and writes `folder`/02-multi30k.json.

    Rows are as those of `replications.bahdanau.run`, without the test on longer sentences.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1, or the models' sizes are not equal.
        FileNotFoundError: the data is neither in ATTENTION_COURSE_DATA nor can be downloaded.
    """
    check_integers(1, seeds=seeds)
    on = choose_device(device)
    corpus = load("multi30k", source="de", target="en", min_count=MIN_COUNT)
    check_sizes(corpus, settings)

    def run_one(variant: str, seed: int) -> Row:
        model, history = train(VARIANTS[variant], corpus, seed=seed, settings=settings, device=on)
        to_the_end(history)
        test = evaluate(model, corpus.test, corpus)
        return {
            "summary": f"validation loss {history.validation[-1][1]:.3f}, BLEU {test.bleu:.1f}",
            "parameters": count_parameters(model),
            "training_sentences": len(corpus.train),
            "validation": history.validation,
            "seconds_per_update": history.seconds / history.steps,
            "cpu_seconds_per_update": history.cpu_seconds / history.steps,
            "test": row_of(test),
        }

    return measure(
        NAME,
        list(VARIANTS),
        run_one,
        seeds=range(seeds),
        settings={**settings, "betas": BETAS, "min_count": MIN_COUNT},
        device=on,
        path=Path(folder) / f"{NAME}.json",
        say=say,
    )
