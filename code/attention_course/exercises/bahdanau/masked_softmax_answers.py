"""Right answers to bahdanau.masked_softmax."""

from __future__ import annotations

import torch
from torch import Tensor


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """The reference."""
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
    return weights.masked_fill(~mask, 0.0)


def _nan_to_num(scores: Tensor, mask: Tensor) -> Tensor:
    return torch.where(mask, scores, -torch.inf).softmax(-1).nan_to_num(nan=0.0)


def _by_hand(scores: Tensor, mask: Tensor) -> Tensor:
    low = torch.finfo(scores.dtype).min
    highest = scores.masked_fill(~mask, low).amax(-1, keepdim=True)
    exponentials = torch.exp((scores - highest).masked_fill(~mask, low)) * mask
    total = exponentials.sum(-1, keepdim=True)
    return exponentials / torch.where(total > 0, total, torch.ones_like(total))


def _row_by_row(scores: Tensor, mask: Tensor) -> Tensor:
    weights = torch.zeros_like(scores)
    for row, (one, real) in enumerate(zip(scores, mask, strict=True)):
        weights[row, real] = one[real].softmax(0)
    return weights


def _double_transposed(scores: Tensor, mask: Tensor) -> Tensor:
    log = scores.double().T.masked_fill(~mask.T, -1e300).log_softmax(0)
    return (log.exp() * mask.T).T


ALTERNATIVES = {
    "minus infinity, then no NaN": _nan_to_num,
    "largest score taken off": _by_hand,
    "row by row": _row_by_row,
    "double precision, transposed": _double_transposed,
}
