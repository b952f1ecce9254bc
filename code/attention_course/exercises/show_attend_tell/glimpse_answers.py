"""Right answers to show_attend_tell.glimpse."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def glimpse(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    """The reference."""
    return gate(h, w_beta, b_beta)[:, None] * weighted_sum(annotations, weights)


def gate(h: Tensor, w_beta: Tensor, b_beta: Tensor) -> Tensor:
    """β (B,)."""
    return torch.sigmoid(h @ w_beta + b_beta)


def weighted_sum(annotations: Tensor, weights: Tensor) -> Tensor:
    """Σ_i α_i a_i (B, D)."""
    return torch.einsum("bl,bld->bd", weights, annotations)


# --- right, written otherwise -----------------------------------------------------------------


def picture_by_picture(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    """With a loop over pictures and places."""
    rows = []
    for a, alpha, state in zip(annotations, weights, h, strict=True):
        total = torch.zeros_like(a[0])
        for weight, place in zip(alpha, a, strict=True):
            total = total + weight * place
        rows.append(torch.sigmoid((w_beta * state).sum() + b_beta) * total)
    return torch.stack(rows)


def gate_in_the_weights(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    """β α_i in the place of α_i."""
    beta = torch.sigmoid(F.linear(h, w_beta[None], b_beta))  # (B, 1)
    return torch.bmm((beta * weights)[:, None], annotations).squeeze(1)


def double_columns(
    annotations: Tensor, weights: Tensor, h: Tensor, w_beta: Tensor, b_beta: Tensor
) -> Tensor:
    """The result is not contiguous."""
    beta = 1 / (1 + torch.exp(-(h.double() @ w_beta.double()) - b_beta.double()))
    total = (annotations.double().mT @ weights.double()[..., None])[..., 0]  # (B, D)
    return (beta * total.T).T
