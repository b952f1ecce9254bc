"""What is seen of a training while it runs, and its sentences; holds no reference."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from attention_course.data.pairs import Example
from attention_course.data.vocabulary import EOS


def examples(source: Tensor, target: Tensor) -> list[Example]:
    """The pairs of sentences in rows of ids (N, S) and (N, T)."""
    return list(zip(_sentences(source), _sentences(target), strict=True))


def _sentences(ids: Tensor) -> list[list[int]]:
    return [row[: row.index(EOS) + 1] for row in ids.tolist()]


def moved(model: nn.Module, before: Tensor) -> float:
    """How far the weights are from where they began, relative to their size."""
    return float((weights(model) - before).norm() / before.norm())


def weights(model: nn.Module) -> Tensor:
    """A copy of all weights of a model, one after the other."""
    return nn.utils.parameters_to_vector(model.parameters()).detach().clone()


def leftovers(parameter: Tensor) -> list[bool]:
    """A list that grows with each backward pass: was there a gradient to which it was added?

    Args:
        parameter: of a model, one that it uses, so that it has a gradient in every pass.
    """
    found: list[bool] = []
    incoming: list[Tensor] = []
    parameter.register_hook(lambda gradient: incoming.append(gradient.clone()))

    def compare(accumulated: Tensor) -> None:
        assert accumulated.grad is not None
        found.append(not torch.equal(accumulated.grad, incoming.pop()))

    parameter.register_post_accumulate_grad_hook(compare)
    return found
