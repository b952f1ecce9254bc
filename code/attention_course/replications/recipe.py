"""How the models of an experiment are trained alike, and what makes comparing them fair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, TypeVar

import torch
from torch import nn

from attention_course.data.batches import Batch
from attention_course.training import History, cosine, fit

# Adam's usual 0.999 remembers a thousand updates, which is more than a whole training has here.
BETAS = (0.9, 0.95)

# A mapping's keys are invariant: one of literals is no Mapping[str, int].
Name = TypeVar("Name", bound=str)


class Recipe(TypedDict):
    """How models that are compared are trained.

    steps: updates.
    batch_size: sentences, or pictures, a batch.
    learning_rate: the highest.
    warmup: steps of rising learning rate, before it falls along half a cosine.
    """

    steps: int
    batch_size: int
    learning_rate: float
    warmup: int


def learn(
    model: nn.Module,
    batches: Iterable[Batch],
    recipe: Recipe,
    *,
    betas: tuple[float, float] = BETAS,
    **options: Any,
) -> History:
    """Trains with Adam, as a recipe has it; further options go to `fit`.

    ``steps`` among them ends the training earlier, on the same course of learning rates;
    ``schedule`` is another course.
    """
    options.setdefault("steps", recipe["steps"])
    options.setdefault("schedule", cosine(recipe["steps"], recipe["warmup"]))
    return fit(
        model,
        batches,
        optimizer=lambda parameters: torch.optim.Adam(
            parameters, recipe["learning_rate"], betas=betas
        ),
        **options,
    )


def to_the_end(history: History) -> None:
    """Lets an interruption go on, lest a half-trained model be measured.

    Raises:
        KeyboardInterrupt: training was interrupted.
    """
    if history.interrupted:
        raise KeyboardInterrupt


def check_equal(parameters: Mapping[Name, int], tolerance: float, change: str) -> None:
    """Sees that models of the same task have equally many parameters.

    Args:
        parameters: of each model, by its name.
        tolerance: by which share of the smallest number the largest may exceed it.
        change: the setting that makes them equal.

    Raises:
        ValueError: they have not.
    """
    if max(parameters.values()) > (1 + tolerance) * min(parameters.values()):
        raise ValueError(
            f"the models have {dict(parameters)} parameters, expected numbers within "
            f"{tolerance:.0%}: change `{change}` in the settings"
        )
