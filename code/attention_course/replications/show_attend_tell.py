"""1502.03044's claims at small scale: attention over a picture against the mean of its annotations.

Models on the generated scenes, at equal numbers of parameters, updates and captions a batch, with
the same optimiser and, for a seed, the same batches:

- ``soft``, ``hard``: the paper's two ways to attend, ``soft`` without the penalty;
- ``soft, penalty``: with the doubly stochastic penalty, λ = 1;
- ``hard, draws only``: without the half-time replacement of draws by their expectation;
- ``hard, no reward``: λ_r = 0, so that f_att learns from that replacement alone, not from draws;
- ``mean``: the plain mean of the annotations as the context of every word. It has no f_att, and
  instead so many more hidden units that its parameters are as many.

``variance`` is no model to compare: it stops the training of a hard one early and draws again and
again on one batch, to measure how much the estimate of the gradient varies.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from attention_course.captioning import CaptionReport, evaluate
from attention_course.data import load
from attention_course.data.batches import Batch, bucketed, in_order
from attention_course.data.checks import check_integers
from attention_course.data.scenes import Scenes, make_batch
from attention_course.models.captions import ReinforceLoss, SoftLoss
from attention_course.models.show_attend_tell import ShowAttendTell
from attention_course.replications.recipe import BETAS, Recipe, check_equal, learn, to_the_end
from attention_course.replications.records import Row, Say, measure
from attention_course.training import (
    History,
    choose_device,
    count_parameters,
    seed_everything,
)

NAME = "03-show-attend-tell"
Kind = Literal["soft", "hard", "mean"]
KINDS: tuple[Kind, ...] = ("soft", "hard", "mean")


class Settings(Recipe):
    """What the chapter and this experiment share.

    corpus: options of load("scenes").
    few, few_steps: so many of the steps see only scenes of at most so many objects, and come first.
    model: arguments of ShowAttendTell that all kinds have.
    hidden: n of each kind; "mean" has more, so that the parameters are equal.
    reinforce: arguments of ReinforceLoss.
    """

    corpus: dict[str, Any]
    few: int
    few_steps: int
    model: dict[str, Any]
    hidden: dict[str, int]
    reinforce: dict[str, Any]


SETTINGS: Settings = {
    "corpus": {},
    "steps": 1200,
    "batch_size": 16,
    "learning_rate": 6e-3,
    "warmup": 30,
    "few": 2,
    "few_steps": 300,
    # the authors' first weights are made for wider models, and begin slowly here
    "model": {"embedding": 32, "annotation": 64, "alignment": 32, "initialisation": "heard"},
    "hidden": {"soft": 128, "hard": 128, "mean": 132},
    # about what the authors' program has: a tenth of the mean log-probability of a word
    "reinforce": {"reward": 0.01},
}
VARIANTS: dict[str, tuple[Kind, dict[str, Any]]] = {  # and what its loss is given, see `loss_of`
    "soft": ("soft", {}),
    "hard": ("hard", {}),
    "mean": ("mean", {}),
    "soft, penalty": ("soft", {"penalty": 1.0}),
    "hard, draws only": ("hard", {"half": False}),
    "hard, no reward": ("hard", {"reward": 0.0}),
}
VARIANCE = "variance"
EARLY = 0.5  # the part of a training after which the variance is measured
RESAMPLES = 200

Loss = Callable[[ShowAttendTell, Batch], Tensor]


def build(kind: Kind, corpus: Scenes, settings: Settings = SETTINGS) -> ShowAttendTell:
    """A new model of one of the `KINDS` for the corpus's vocabulary."""
    return ShowAttendTell(
        len(corpus.vocabulary),
        attention=kind,
        hidden=settings["hidden"][kind],
        **settings["model"],
    )


def loss_of(kind: Kind, settings: Settings = SETTINGS, **changes: Any) -> Loss:
    """What a kind of model is trained with: `ReinforceLoss` for "hard", else `SoftLoss` with λ = 0.

    Args:
        changes: arguments of that loss which are to differ.
    """
    if kind == "hard":
        return ReinforceLoss(**{**settings["reinforce"], **changes})
    return SoftLoss(**{"penalty": 0.0, **changes})


def train(
    kind: Kind,
    corpus: Scenes,
    *,
    seed: int,
    settings: Settings = SETTINGS,
    loss: Loss | None = None,
    device: str | torch.device | None = None,
    **options: Any,
) -> tuple[ShowAttendTell, History]:
    """A model of a kind, trained on the corpus.

    The seed decides on the first weights and on the order of the scenes, so that two models with
    one seed see the same batches. Scenes of few objects come first: without that a minute is too
    short for any of the models. An interruption ends training early and keeps what was learnt.

    Args:
        loss: None (default): that of `loss_of`.
        options: more of them go to `fit`.
    """
    seed_everything(seed)
    model = build(kind, corpus, settings)
    generator = torch.Generator().manual_seed(seed)
    examples = corpus.encode(corpus.train)
    few = [
        example
        for example, scene in zip(examples, corpus.train, strict=True)
        if len(scene.objects) <= settings["few"]
    ]
    first, then = (
        bucketed(some, settings["batch_size"], generator=generator, collate=make_batch)
        for some in (few, examples)
    )
    options.setdefault(
        "validation", list(in_order(corpus.encode(corpus.validation), 100, collate=make_batch))
    )
    batches = chain(islice(first, settings["few_steps"]), then)
    return model, learn(
        model, batches, settings, loss=loss or loss_of(kind, settings), device=device, **options
    )


def check_sizes(corpus: Scenes, settings: Settings = SETTINGS, tolerance: float = 0.02) -> None:
    """Raises ValueError unless the kinds of model have equally many parameters to `tolerance`."""
    counts = {kind: count_parameters(build(kind, corpus, settings)) for kind in KINDS}
    check_equal(counts, tolerance, "hidden")


# --- how much the gradient varies -----------------------------------------------------------


def gradient_variance(
    model: ShowAttendTell, batch: Batch, loss: ReinforceLoss, resamples: int
) -> float:
    """The variance of the gradient of f_att over new draws on one batch, summed over parameters.

    The loss's baseline stays as it is.
    """
    parameters = list(model.f_att.parameters())
    model.train()
    b, drawn = loss.b, []
    for _ in range(resamples):
        gradients = torch.autograd.grad(loss(model, batch), parameters)
        drawn.append(torch.cat([gradient.flatten() for gradient in gradients]))
        loss.b = b
    model.eval()
    return float(torch.stack(drawn).double().var(0).sum())


def variances(
    corpus: Scenes, *, seed: int, settings: Settings = SETTINGS, device: str | torch.device | None
) -> list[Row]:
    """`gradient_variance` without baseline, with it, and with the half-time replacement as well.

    Of a hard model after the part `EARLY` of its training, on one batch of validation scenes, with
    λ_e = 0, since the entropy is not drawn. Each is measured with λ_r = 1, which makes the rule
    exact, and with the λ_r of training. A small λ_r makes the draws' part of the gradient small but
    not that of the pictures that learn softly.

    Returns:
        rows with "reward" (λ_r), "none", "baseline" and "baseline and half".
    """
    loss = ReinforceLoss(**settings["reinforce"])
    steps = max(1, round(EARLY * settings["steps"]))
    model, history = train(
        "hard", corpus, seed=seed, settings=settings, loss=loss, device=device, steps=steps
    )
    to_the_end(history)
    scenes = corpus.validation[: settings["batch_size"]]
    batch = make_batch(corpus.encode(scenes)).to(choose_device(device))
    rows: list[Row] = []
    for reward in (1.0, loss.reward):
        row: Row = {"reward": reward}
        for name, baseline, half in (
            ("none", False, False),
            ("baseline", True, False),
            ("baseline and half", True, True),
        ):
            tried = ReinforceLoss(reward, 0.0, half=half, baseline=baseline)
            tried.b = loss.b if baseline else 0.0
            row[name] = gradient_variance(model, batch, tried, RESAMPLES)
        rows.append(row)
    return rows


# --- the experiment -------------------------------------------------------------------------


def row_of(report: CaptionReport) -> Row:
    """A report for a file: its scores, and those by the number of objects as a list."""
    scores = {k: v for k, v in vars(report).items() if k not in ("by_objects", "descriptions")}
    parts = [{"objects": count, **vars(part)} for count, part in report.by_objects.items()]
    return {**scores, "by_objects": parts}


def run(
    *,
    seeds: int = 5,
    device: str | None = None,
    folder: str | Path = "results",
    say: Say = print,
    settings: Settings = SETTINGS,
) -> Row:
    """Runs it with the seeds 0 … seeds − 1 and writes `folder`/03-show-attend-tell.json.

    The row of a model holds the variant, its seed, the number of parameters, the validation curve,
    the seconds and CPU-seconds of its training, and the scores on the test scenes (`row_of`). The
    row of ``variance`` holds those of `variances`.

    Raises:
        RuntimeError: CUDA is asked for and not there.
        ValueError: seeds is below 1, or the models' sizes are not equal.
    """
    check_integers(1, seeds=seeds)
    on = choose_device(device)
    corpus = load("scenes", **settings["corpus"])
    check_sizes(corpus, settings)

    def run_one(variant: str, seed: int) -> Row:
        if variant == VARIANCE:
            found = variances(corpus, seed=seed, settings=settings, device=on)
            shown = ", ".join(f"{name} {value:.3g}" for name, value in found[0].items())
            return {"summary": f"variance of the gradient: {shown}", "variance": found}
        kind, changes = VARIANTS[variant]
        loss = loss_of(kind, settings, **changes)
        model, history = train(kind, corpus, seed=seed, settings=settings, loss=loss, device=on)
        to_the_end(history)
        test = evaluate(model, corpus.test, corpus)
        return {
            "summary": (
                f"exact captions {test.exact_match:.3f}, token accuracy {test.token_accuracy:.4f}, "
                f"pointing {test.pointing:.3f} (chance {test.chance:.3f})"
            ),
            "parameters": count_parameters(model),
            "validation": history.validation,
            "training_seconds": history.seconds,
            "training_cpu_seconds": history.cpu_seconds,
            "test": row_of(test),
        }

    return measure(
        NAME,
        [*VARIANTS, VARIANCE],
        run_one,
        seeds=range(seeds),
        settings={**settings, "betas": BETAS, "early": EARLY, "resamples": RESAMPLES},
        device=on,
        path=Path(folder) / f"{NAME}.json",
        say=say,
    )
