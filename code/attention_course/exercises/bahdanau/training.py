"""Has an answer train a small model, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from attention_course.data.pairs import Example
from attention_course.data.vocabulary import EOS
from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value

if TYPE_CHECKING:
    from attention_course.models.bahdanau import RNNSearch

BATCH_SIZE = 32
HIDDEN = 64


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, batches)`` with a fresh model and a list of batches.

    Args:
        answer: trains the model in place.
        inputs: source (N, S) and target (N, T), the sentences to learn from, int64 ids with EOS
            and padding; source_vocabulary and target_vocabulary, how many ids there are.

    Returns:
        A dictionary: "weights", the model's by name; "moved", how far they are from where they
        began, relative to their size; "leftovers", the share of backward passes that found a
        gradient there.
    """
    from attention_course.data.batches import in_order

    source, target, source_vocabulary, target_vocabulary = inputs.values()
    batches = list(in_order(examples(source, target), BATCH_SIZE))
    model = fresh(source_vocabulary, target_vocabulary)
    before = _weights(model)
    leftovers = _watched(model.attention.v_a)
    answer(model, batches)
    return {
        "weights": dict(model.state_dict()),
        "moved": float((_weights(model) - before).norm() / before.norm()),
        "leftovers": sum(leftovers) / max(1, len(leftovers)),
    }


def fresh(source_vocabulary: int, target_vocabulary: int) -> RNNSearch:
    """The model that is to be trained."""
    from attention_course.models.bahdanau import RNNSearch

    return RNNSearch(
        source_vocabulary,
        target_vocabulary,
        embedding=HIDDEN // 2,
        hidden=HIDDEN,
        initialisation="torch",
    )


def examples(source: Tensor, target: Tensor) -> list[Example]:
    """The pairs of sentences in rows of ids (N, S) and (N, T)."""
    return list(zip(_sentences(source), _sentences(target), strict=True))


def _sentences(ids: Tensor) -> list[list[int]]:
    return [row[: row.index(EOS) + 1] for row in ids.tolist()]


def _weights(model: nn.Module) -> Tensor:
    return nn.utils.parameters_to_vector(model.parameters()).detach().clone()


def _watched(parameter: nn.Parameter) -> list[bool]:
    """A list that grows with each backward pass: was there a gradient to which it was added?"""
    found: list[bool] = []
    incoming: list[Tensor] = []
    parameter.register_hook(lambda gradient: incoming.append(gradient.clone()))

    def compare(accumulated: Tensor) -> None:
        assert accumulated.grad is not None
        found.append(not torch.equal(accumulated.grad, incoming.pop()))

    parameter.register_post_accumulate_grad_hook(compare)
    return found
