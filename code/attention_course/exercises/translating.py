"""What questions share in which an answer trains a translator: pairs of sentences, as values."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from attention_course.data.batches import make_batch
from attention_course.data.pairs import Corpus, Example
from attention_course.data.vocabulary import PAD
from attention_course.exercises.question import Inputs
from attention_course.exercises.values import Value
from attention_course.exercises.watching import examples
from attention_course.exercises.writing import PADDING, written

LOSS = 1.0  # nats per word on known sentences; more is to have hardly learnt anything
KNOWN = 256  # of the sentences, those on which habits are seen


def set_task(sentences: Corpus) -> dict[str, Value]:
    """The inputs of a question: pairs to train on, and unseen ones whose translations are kept."""
    source, target = _padded(sentences.encode(sentences.train))
    unseen, translations = _padded(sentences.encode(sentences.test))
    return {
        "source": source,
        "target": target,
        "unseen": unseen,
        "source_vocabulary": len(sentences.source_vocabulary),
        "target_vocabulary": len(sentences.target_vocabulary),
        "sentences": translations,
        "habits": {"padding": PADDING, "loss": LOSS},
    }


def _padded(sentences: list[Example]) -> tuple[Tensor, Tensor]:
    """Source (N, S) and target (N, T) of pairs of sentences, with padding at the end."""
    sides = [[torch.tensor(ids) for ids in side] for side in zip(*sentences, strict=True)]
    source, target = (
        nn.utils.rnn.pad_sequence(side, batch_first=True, padding_value=PAD) for side in sides
    )
    return source, target


def translated(model: nn.Module, given: Value, inputs: Inputs, stretch: int) -> dict[str, Value]:
    """What `writing.written` finds, on the inputs of `set_task`.

    Args:
        model: a fresh one, for the weights.
        given: what `watching.Watched.learnt` returned.
        stretch: how many words it may write for each word of the longest source.
    """
    known = make_batch(examples(inputs["source"][:KNOWN], inputs["target"][:KNOWN]))
    unseen = inputs["unseen"]
    return written(model, given, known, unseen, unseen != PAD, stretch * unseen.shape[1])
