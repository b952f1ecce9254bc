"""A translator that keeps no keys and no values: every step runs over the whole prefix again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Prefix:
    """All that a step depends on: the sentence and the words before."""

    source: Tensor
    mask: Tensor
    target: Tensor

    def select(self, rows: Tensor) -> Prefix:
        return Prefix(self.source[rows], self.mask[rows], self.target[rows])


class WithoutCache(nn.Module):
    """The same model with its parallel form for each step."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def start(self, source: Tensor, source_mask: Tensor) -> Prefix:
        return Prefix(source, source_mask, source[:, :0])

    def step(self, token: Tensor, state: Prefix) -> tuple[Tensor, Tensor, Prefix]:
        target = torch.cat([state.target, token[:, None]], dim=1)
        logits, weights = self.model(state.source, state.mask, target)
        return logits[:, -1], weights[..., -1, :], Prefix(state.source, state.mask, target)
