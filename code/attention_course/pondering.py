"""Thinking time: learnt by a loss that charges for it, and measured word by word.

Both are for models whose words halt by themselves, such as `models.universal_transformer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from attention_course.data.batches import Batch, in_order
from attention_course.data.checks import check_integers
from attention_course.data.pairs import Corpus, Pair
from attention_course.models.universal_transformer import UniversalTransformer
from attention_course.training import device_of, evaluating, token_loss


def ponder_loss(
    model: UniversalTransformer, batch: Batch, label_smoothing: float = 0.0, *, weight: float = 0.01
) -> Tensor:
    """The loss of a translator and, in training, the ponder cost of encoder and decoder.

    Steps are whole numbers, through which no gradient passes. What is learnt from is the remainder:
    a word whose probabilities add up faster leaves less of it.

    Args:
        weight: λ, nats for each unit of the mean ponder cost (the authors' program: 0.01).

    Returns:
        a scalar. In evaluation mode without the ponder cost, so that models with and without it
        can be compared.

    Source: 1603.08983, Section 2.1; means over the words as in the Universal Transformer's program.
    """
    logits, pondered = model.pondered(batch.source, batch.source_mask, batch.target_in)
    loss = token_loss(logits, batch, label_smoothing)
    if not model.training:
        return loss
    encoder = pondered.encoder.cost(batch.source_mask)
    return loss + weight * (encoder + pondered.decoder.cost(batch.target_mask))


@dataclass(frozen=True)
class Steps:
    """How many steps were made for each word of a pair, end marks included.

    Attributes:
        source: len(pair.source) + 1 numbers. target: for writing each word, given the right ones
            before it, len(pair.target) + 1 numbers.
    """

    pair: Pair
    source: list[int]
    target: list[int]


def steps_of(
    model: UniversalTransformer, pairs: Sequence[Pair], corpus: Corpus, *, batch_size: int = 100
) -> list[Steps]:
    """How long the words of some pairs are thought about, on the device where the model lies.

    Raises:
        ValueError: batch_size is below 1.
    """
    check_integers(1, batch_size=batch_size)
    device = device_of(model)
    made: list[Steps] = []
    with evaluating(model):
        for batch in in_order(corpus.encode(pairs), batch_size):
            batch = batch.to(device)
            _, pondered = model.pondered(batch.source, batch.source_mask, batch.target_in)
            for source, target in zip(
                pondered.encoder.steps.int().tolist(),
                pondered.decoder.steps.int().tolist(),
                strict=True,
            ):
                pair = pairs[len(made)]
                made.append(
                    Steps(pair, source[: len(pair.source) + 1], target[: len(pair.target) + 1])
                )
    return made
