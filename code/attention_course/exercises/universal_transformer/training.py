"""Has an answer train a model in a loop, and takes its weights; holds no reference.

What other questions bar is imported late: a process that other answers come of must not hold it.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from attention_course.data.vocabulary import PAD
from attention_course.exercises.asking import Answer
from attention_course.exercises.values import Value
from attention_course.exercises.watching import Watched

BATCH_SIZE = 32
WORDS = 10
VOCABULARY = WORDS + 4  # with padding, end mark and the other special tokens
WIDTH, STEPS = 32, 3


def trained(answer: Answer, inputs: Mapping[str, Value]) -> Value:
    """Calls ``answer(model, batches, most)`` with a fresh model and a list of batches.

    Args:
        answer: trains the model in place.
        inputs: words and said, both (N, S) int64 with padding: what the model reads, and what it
            should say at each place; most, the latest position at which a sentence may begin.

    Returns:
        What `watching.Watched.learnt` has.
    """
    words, said, most = inputs.values()
    batches = list(zip(words.split(BATCH_SIZE), said.split(BATCH_SIZE), strict=True))
    model = fresh()
    watched = Watched(model, model.get_parameter("output.weight"))
    answer(model, batches, most)
    return watched.learnt()


def fresh() -> nn.Module:
    """The model that is to be trained: it reads a sentence and says a word at each of its places.

    Called with words, (B, S) int64 with padding at the end, and first, the position of each
    sentence's first word, (B,) int64, it returns logits (B, S, V).

    Its class stands here, since no other module of the exercise is there where answers run.
    """
    from attention_course.models.positions import sinusoids
    from attention_course.models.transformer_layers import EncoderLayer, ScaledEmbedding
    from attention_course.models.universal_transformer import signal

    class SmallEncoder(nn.Module):
        """A Universal Transformer's encoder with a fixed number of steps."""

        def __init__(self) -> None:
            super().__init__()
            self.E = ScaledEmbedding(VOCABULARY, WIDTH)
            self.layer = EncoderLayer(WIDTH, 4, 2 * WIDTH, dropout=0.0, norm="pre")
            self.norm = nn.LayerNorm(WIDTH)
            self.output = nn.Linear(WIDTH, VOCABULARY, bias=False)

        def forward(self, words: Tensor, first: Tensor) -> Tensor:
            if first.shape != words.shape[:1]:
                raise ValueError(
                    f"first has shape {tuple(first.shape)}, expected one position for each of the "
                    f"{len(words)} sentences"
                )
            h = self.E(words)
            places = sinusoids(first[:, None] + torch.arange(words.shape[1]), WIDTH)
            for step in range(1, STEPS + 1):
                h, _ = self.layer(h + signal(places, step), (words != PAD)[:, None, None])
            logits: Tensor = self.output(self.norm(h))
            return logits

    return SmallEncoder()
