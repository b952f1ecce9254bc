"""A Transformer whose first position is drawn at random: chapter 10's has no need of that."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from attention_course.models.transformer import Transformer, TransformerState
from attention_course.models.transformer_layers import ScaledEmbedding


class FromAnywhere(Transformer):
    """A Transformer whose positions begin, in training, at a random place, as those of the other.

    Args:
        offsets: the last place, see `UniversalTransformer`; all else as for `Transformer`.
    """

    def __init__(self, *arguments: Any, offsets: int = 0, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.offsets = offsets

    def start(self, source: Tensor, source_mask: Tensor) -> TransformerState:
        """Reads the source (B, S), after a draw of the first positions (B, 1)."""
        most = self.offsets if self.training else 0
        self._first = torch.randint(most + 1, (len(source), 1), device=source.device)
        return super().start(source, source_mask)

    def embed(self, E: ScaledEmbedding, ids: Tensor, start: int = 0) -> Tensor:
        # In evaluation mode the first is always 0, whatever was drawn before.
        first = self._first if self.training else 0
        places = first + torch.arange(start, start + ids.shape[1], device=ids.device)
        words = E(ids)
        x: Tensor = self.dropout(words + self.positions(places).to(words.dtype))
        return x
