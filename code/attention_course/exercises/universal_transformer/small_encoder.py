"""The model of universal_transformer.train."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from attention_course.data.vocabulary import PAD
from attention_course.models.positions import sinusoids
from attention_course.models.transformer_layers import EncoderLayer, ScaledEmbedding
from attention_course.models.universal_transformer import signal


class SmallEncoder(nn.Module):
    """A Universal Transformer's encoder with a fixed number of steps, that says a word everywhere.

    Args:
        words: how many token ids there are.
        d, heads, d_ff: see `EncoderLayer`.
        steps: how often the layer is applied.
    """

    def __init__(self, words: int, *, d: int, heads: int, d_ff: int, steps: int) -> None:
        super().__init__()
        self.E = ScaledEmbedding(words, d)
        self.layer = EncoderLayer(d, heads, d_ff, dropout=0.0, norm="pre")
        self.norm = nn.LayerNorm(d)
        self.output = nn.Linear(d, words, bias=False)
        self.steps = steps

    def forward(self, words: Tensor, first: Tensor) -> Tensor:
        """Logits (B, S, V) for what is to be said at each place.

        Args:
            words: (B, S) int64, with padding at the end.
            first: the position of each sentence's first word, (B,) int64.

        Raises:
            ValueError: first is not one number for each sentence.
        """
        if first.shape != words.shape[:1]:
            raise ValueError(
                f"first has shape {tuple(first.shape)}, expected one position for each of the "
                f"{len(words)} sentences"
            )
        h = self.E(words)
        places = sinusoids(first[:, None] + torch.arange(words.shape[1]), h.shape[-1])
        for step in range(1, self.steps + 1):
            h, _ = self.layer(h + signal(places, step), (words != PAD)[:, None, None])
        logits: Tensor = self.output(self.norm(h))
        return logits
