"""Has an answer train a small model, and looks at what the model learnt; holds no reference."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from attention_course.data.batches import Batch, in_order
from attention_course.data.pairs import Example
from attention_course.data.vocabulary import EOS, PAD
from attention_course.decoding import greedy
from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value
from attention_course.models.bahdanau import RNNSearch

BATCH_SIZE = 32
HIDDEN = 64


def train_and_translate(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, batches)`` with a fresh model and a list of batches.

    Args:
        answer: trains the model in place.
        inputs: source (N, S) and target (N, T), the sentences to learn from; unseen (M, S'),
            those to translate; all int64 ids with EOS and padding; source_vocabulary and
            target_vocabulary, how many ids there are.

    Returns:
        A dictionary: "translations" of the unseen sentences as lists of ids, and "habits" on known
        sentences: "loss" in nats per word; "padding", the share of the padding at which the model
        says padding; "copies", the share of words that it gets right when it is shown the very
        word that it should say; "moved", how far the weights are from where they began, relative
        to their size; "leftovers", the share of backward passes that found a gradient there.
    """
    source, target, unseen, source_vocabulary, target_vocabulary = inputs.values()
    examples = list(zip(_sentences(source), _sentences(target), strict=True))
    batches = list(in_order(examples, BATCH_SIZE))
    model = RNNSearch(
        source_vocabulary,
        target_vocabulary,
        embedding=HIDDEN // 2,
        hidden=HIDDEN,
        initialisation="torch",
    )
    before = _weights(model)
    leftovers = _watched(model.attention.v_a)
    answer(model, batches)
    model.eval()
    with torch.no_grad():
        habits = _habits(model, examples[: 8 * BATCH_SIZE])
        habits["leftovers"] = sum(leftovers) / max(1, len(leftovers))
        habits["moved"] = float((_weights(model) - before).norm() / before.norm())
        return {"translations": _translations(model, unseen), "habits": habits}


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


def _translations(model: RNNSearch, source: Tensor) -> list[list[int]]:
    limit = 2 * source.shape[1]  # a model that has learnt nothing would not stop
    return [found.tokens for found in greedy(model, source, source != PAD, max_length=limit)]


def _habits(model: RNNSearch, examples: list[Example]) -> dict[str, float]:
    batch: Batch = next(in_order(examples, len(examples)))
    real = batch.target_mask
    logits, _ = model(batch.source, batch.source_mask, batch.target_in)  # (B, T, V)
    shown, _ = model(batch.source, batch.source_mask, batch.target_out)
    return {
        "padding": _share(logits.argmax(-1)[~real] == PAD),
        "copies": _share(shown.argmax(-1)[real] == batch.target_out[real]),
        "loss": float(nn.functional.cross_entropy(logits[real], batch.target_out[real])),
    }


def _share(hits: Tensor) -> float:
    return float(hits.float().mean())
