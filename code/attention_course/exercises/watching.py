"""What is seen of a training while it runs, and its sentences; holds no reference.

What is seen here is good for hints alone: it is seen where the answer lives, which can lead it
astray.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from attention_course.data.pairs import Example
from attention_course.data.vocabulary import EOS
from attention_course.exercises.values import Value


def examples(source: Tensor, target: Tensor) -> list[Example]:
    """The pairs of sentences in rows of ids (N, S) and (N, T)."""
    return list(zip(_sentences(source), _sentences(target), strict=True))


def _sentences(ids: Tensor) -> list[list[int]]:
    return [row[: row.index(EOS) + 1] for row in ids.tolist()]


class Watched:
    """A model whose training is watched.

    Args:
        model: before its training.
        parameter: of the model, one that it uses, so that it has a gradient in every pass.
    """

    def __init__(self, model: nn.Module, parameter: Tensor) -> None:
        self.model = model
        self._before = _weights(model)
        self._leftovers = _leftovers(parameter)

    def learnt(self) -> dict[str, Value]:
        """What is known of the training so far.

        Returns:
            A dictionary: "weights", the model's by name; "moved", how far they are from where they
            began, relative to their size; "leftovers", of the backward passes that follow a change
            of the weights the share that found an old gradient there.
        """
        way = _weights(self.model) - self._before
        return {
            "weights": dict(self.model.state_dict()),
            "moved": float(way.norm() / self._before.norm()),
            "leftovers": sum(self._leftovers) / max(1, len(self._leftovers)),
        }


def _weights(model: nn.Module) -> Tensor:
    """A copy of all weights of a model, one after the other."""
    return nn.utils.parameters_to_vector(model.parameters()).detach().clone()


def _leftovers(parameter: Tensor) -> list[bool]:
    """A list that grows with the backward passes: was there a gradient to which it was added?

    Those between which the weights stay as they are do not count: their gradients are meant to be
    added up.
    """
    found: list[bool] = []
    incoming: list[Tensor] = []
    last = parameter.detach().clone()
    parameter.register_hook(lambda gradient: incoming.append(gradient.clone()))

    def compare(accumulated: Tensor) -> None:
        assert accumulated.grad is not None
        added = not torch.equal(accumulated.grad, incoming.pop())
        if not torch.equal(accumulated.detach(), last):
            found.append(added)
            last.copy_(accumulated.detach())

    parameter.register_post_accumulate_grad_hook(compare)
    return found
