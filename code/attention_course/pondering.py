"""Thinking time: learnt by a loss that charges for it, and measured word by word.

Both are for models whose words halt by themselves, such as `models.universal_transformer`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from attention_course.data.batches import Batch, in_order
from attention_course.data.checks import check_integers
from attention_course.data.digits import carries
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


def mean_steps(made: Iterable[Steps]) -> dict[str, float]:
    """The mean over all words of the sources ("source") and of the targets ("target")."""
    made = list(made)
    sides = {"source": [one.source for one in made], "target": [one.target for one in made]}
    return {side: float(np.mean(np.concatenate(steps))) for side, steps in sides.items()}


def by_difficulty(made: Iterable[Steps], base: int | None) -> list[dict[str, Any]]:
    """The mean steps of the decoder for words that are equally difficult.

    Args:
        base: of digits that are added: difficult is a digit that receives a carry from far, see
            `carries`. None: difficult is a long sentence.

    Returns:
        for each difficulty, in order, how many words there were and their mean steps; end marks
        are left out.
    """
    steps: dict[int, list[int]] = defaultdict(list)
    for one in made:
        words = one.target[:-1]
        for difficulty, n in zip(
            carries(one.pair.source, base) if base else [len(words)] * len(words),
            words,
            strict=True,
        ):
            steps[difficulty].append(n)
    return [
        {"difficulty": difficulty, "words": len(n), "steps": sum(n) / len(n)}
        for difficulty, n in sorted(steps.items())
    ]
